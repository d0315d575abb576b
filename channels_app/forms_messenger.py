"""Questions about a page of Facebook."""

from django import forms
from django.utils.translation import gettext_lazy as _

LTR = {"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}


class TokenForm(forms.Form):
    """A page's own token, for those whose installation has no Meta app, or who use one of their own."""

    token = forms.CharField(
        label=_("Page access token"),
        max_length=1000,
        widget=forms.PasswordInput(attrs=LTR),
        help_text=_(
            "From the settings of your Meta app, under Messenger. It is sealed and never shown again."
        ),
    )
    app_id = forms.CharField(
        label=_("App ID"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs=LTR),
        help_text=_("Of a Meta app of your own. Empty: the one of this installation."),
    )
    app_secret = forms.CharField(
        label=_("App secret"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs=LTR),
        help_text=_("With it Meta signs what it sends."),
    )

    def __init__(self, *args, has_app: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_app = has_app

    def clean(self):
        data = super().clean()
        given = [bool(data.get(name)) for name in ("app_id", "app_secret")]
        if any(given) != all(given):
            self.add_error(None, _("Give the app’s ID and its secret, or neither."))
        elif not any(given) and not self.has_app:
            self.add_error("app_id", _("This installation has no Meta app: give one of your own."))
        return data


class RenewForm(forms.Form):
    """Another token for the same page."""

    token = forms.CharField(
        label=_("New page access token"), max_length=1000, widget=forms.PasswordInput(attrs=LTR)
    )
