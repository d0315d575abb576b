"""Doors and settings of single sign-on."""

import re

from allauth.account.models import EmailAddress
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sso.asking import is_address
from workspaces.guarded import Guarded
from workspaces.models import Member, Workspace
from workspaces.permissions import EDITABLE, Permission, Role

DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
MOST_DOMAINS = 20
# Addresses that anybody gets: whoever answers for their domain answers for nobody's company.
PUBLIC_MAIL = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "msn.com",
        "yahoo.com",
        "icloud.com",
        "me.com",
        "aol.com",
        "gmx.net",
        "gmx.de",
        "gmx.com",
        "web.de",
        "mail.com",
        "proton.me",
        "protonmail.com",
        "pm.me",
        "fastmail.com",
        "zoho.com",
        "yandex.com",
        "mail.ru",
        "orange.fr",
        "wanadoo.fr",
        "free.fr",
        "laposte.net",
        "sfr.fr",
        "yahoo.fr",
        "hotmail.fr",
        "outlook.fr",
        "t-online.de",
        "posteo.de",
        "mailbox.org",
        "qq.com",
        "163.com",
    ]
)


class FindForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Your work address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )

    def domain(self) -> str:
        return self.cleaned_data["email"].lower().rpartition("@")[2]


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )


class ProviderForm(Guarded, forms.Form):
    """Everything of the page. `workspace` says whose people may vouch for a domain, `secret_for` for which issuer there
    is a secret."""

    on = forms.BooleanField(
        label=gettext_lazy("People sign in by single sign-on"),
        required=False,
        help_text=gettext_lazy(
            "Their password and codes go on working, unless you ask for single sign-on below."
        ),
    )
    issuer = forms.CharField(
        label=gettext_lazy("Issuer"),
        max_length=300,
        required=False,
        widget=forms.URLInput(attrs={"inputmode": "url", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "The address of your provider as it writes it itself, such as https://login.example.com"
        ),
    )
    client_id = forms.CharField(label=gettext_lazy("Client ID"), max_length=200, required=False)
    secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Kept sealed and never shown again. Leave it empty to keep the one that is there."
        ),
    )
    domains = forms.CharField(
        label=gettext_lazy("Domains of your addresses"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One on each line. An administrator with an address of the domain must be here."
        ),
    )
    newcomer_role = forms.ChoiceField(
        label=gettext_lazy("Who comes without an invitation"),
        required=False,
        help_text=gettext_lazy("Everybody of these domains whom your provider lets sign in."),
    )
    required = forms.BooleanField(
        label=gettext_lazy("Everybody must use it, except owners"),
        required=False,
        help_text=gettext_lazy("Owners keep their own way in, should the provider fail one day."),
    )

    def __init__(self, *args, workspace: Workspace, secret_for: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.workspace, self.secret_for = workspace, secret_for
        roles = [(role, Role(role).label) for role in EDITABLE]
        self.fields["newcomer_role"].choices = [("", _("Nobody")), *roles]

    def clean_issuer(self) -> str:
        issuer = self.cleaned_data["issuer"].strip()
        if issuer and not is_address(issuer):
            raise forms.ValidationError(_("Give an address that begins with https://"))
        return issuer

    def clean_domains(self) -> list[str]:
        """Lower case, once each. Raises for one that nobody here has an address of."""
        typed = re.split(r"[\s,;]+", self.cleaned_data["domains"].lower())
        domains = list(dict.fromkeys(word.removeprefix("@").strip(".") for word in typed if word))
        wrong = [domain for domain in domains if not DOMAIN.fullmatch(domain)]
        if wrong or len(domains) > MOST_DOMAINS:
            raise forms.ValidationError(
                _("This is no domain: %(domain)s") % {"domain": ", ".join(wrong[:3]) or "…"}
            )
        ours = self._domains_of_administrators() | set(self.workspace.sso_domains)
        foreign = [domain for domain in domains if domain in PUBLIC_MAIL or domain not in ours]
        if foreign:
            text = _("No administrator here has a confirmed address of: %(domain)s")
            raise forms.ValidationError(text % {"domain": ", ".join(foreign[:3])})
        return domains

    def _domains_of_administrators(self) -> set[str]:
        who = Member.objects.active().holding(Permission.MANAGE_WORKSPACE).filter(workspace=self.workspace)
        found = EmailAddress.objects.filter(user__in=who.values("user"), verified=True)
        return {email.lower().rpartition("@")[2] for email in found.values_list("email", flat=True)}

    def clean(self) -> dict:
        told = super().clean()
        if not told.get("on"):
            if told.get("required"):
                self.add_error("required", _("Switch single sign-on on first."))
            return told
        for name in ("issuer", "client_id", "domains"):
            if not told.get(name) and name not in self.errors:
                self.add_error(name, _("This is needed to switch it on."))
        if not told.get("secret") and (not self.secret_for or told.get("issuer") != self.secret_for):
            self.add_error("secret", _("Type the secret for this issuer."))
        return told
