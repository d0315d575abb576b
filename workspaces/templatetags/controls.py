"""Form controls in the house's classes, with the first mistake focused."""

from allauth.account.adapter import get_adapter
from django import forms, template
from django.utils.safestring import SafeString

register = template.Library()

PLAIN = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.simple_tag
def control(field, **attrs) -> SafeString:
    """The input of a bound field. Extra attributes are given with underscores: aria_invalid="true"."""
    attrs = {name.replace("_", "-"): value for name, value in attrs.items()}
    # The label stands above and stays; a placeholder would only repeat it.
    own = {"class": class_of(field.field.widget), "placeholder": False}
    if is_first_mistake(field):
        own["autofocus"] = True
    return field.as_widget(attrs={key: value for key, value in {**own, **attrs}.items() if value != ""})


@register.filter
def shape(field) -> str:
    """How a field is laid out: hidden, check, choices or input."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "choices"
    return "check" if isinstance(widget, forms.CheckboxInput) else "input"


def class_of(widget) -> str:
    if isinstance(widget, PLAIN):
        return ""
    if isinstance(widget, forms.Textarea):
        return "textarea"
    return "select" if isinstance(widget, forms.Select) else "input"


def is_first_mistake(field) -> bool:
    errors = field.form.errors
    return (
        bool(field.errors)
        and next((name for name in field.form.fields if name in errors), None) == field.name
    )


@register.simple_tag(takes_context=True)
def signup_is_open(context) -> bool:
    """Whether whoever looks at this page may make an account."""
    return get_adapter().is_open_for_signup(context["request"])
