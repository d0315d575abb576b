"""How people sign in, and keys for programs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workspaces.guarded import Guarded
from workspaces.models import Member
from workspaces.permissions import Permission


class SecurityForm(Guarded, forms.Form):
    two_steps = forms.BooleanField(
        label=_("Everybody signs in in two steps"),
        required=False,
        help_text=_(
            "Who has not set it up is led there from the next page on, and nothing here opens before."
        ),
    )


class TokenForm(forms.Form):
    """A new key; what it may is at most what its person may."""

    DAYS = [("30", _("30 days")), ("90", _("90 days")), ("365", _("A year")), ("", _("It does not expire"))]

    name = forms.CharField(label=_("What it is for"), max_length=60)
    days = forms.ChoiceField(label=_("Valid for"), choices=DAYS, required=False, initial="90")
    scopes = forms.MultipleChoiceField(label=_("It may"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, member: Member, **kwargs):
        super().__init__(*args, **kwargs)
        granted = member.granted()
        self.fields["scopes"].choices = [pair for pair in Permission.choices if pair[0] in granted]

    def lasts(self) -> int | None:
        return int(self.cleaned_data["days"]) if self.cleaned_data["days"] else None
