"""What people set about keeping and letting go."""

from django import forms
from django.utils.translation import gettext_lazy as _

from records.models import Retention
from workspaces.guarded import Guarded


class RetentionForm(Guarded, forms.ModelForm):
    closed_months = forms.IntegerField(
        label=_("Closed conversations, in months"),
        min_value=1,
        max_value=240,
        required=False,
        help_text=_("Counted from when they were closed. Empty: kept for ever."),
    )
    spam_days = forms.IntegerField(label=_("Spam, in days"), min_value=1, max_value=90)
    trash_days = forms.IntegerField(label=_("Trash, in days"), min_value=1, max_value=30)
    files_months = forms.IntegerField(
        label=_("Files, in months"),
        min_value=1,
        max_value=240,
        required=False,
        help_text=_("The messages stay without them. Empty: kept as long as their conversation."),
    )
    visits_days = forms.IntegerField(
        label=_("Page and browser of visitors, in days"),
        min_value=1,
        max_value=3650,
        required=False,
        help_text=_("Since they were last seen. Empty: kept."),
    )
    audit_months = forms.IntegerField(
        label=_("Audit log, in months"),
        min_value=12,
        max_value=240,
        required=False,
        help_text=_("A year at least. Empty: kept for ever."),
    )

    class Meta:
        model = Retention
        fields = ["closed_months", "spam_days", "trash_days", "files_months", "visits_days", "audit_months"]


class ErasureForm(forms.Form):
    """One thinks before one types."""

    sure = forms.BooleanField(label=_("I understand that nobody can bring this back."))
