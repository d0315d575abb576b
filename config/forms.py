"""How forms are drawn: our own field template, so that labels, hints and errors look alike everywhere."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/_field.html"
