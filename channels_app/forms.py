"""What people set about addresses and mailboxes."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from channels_app.email import signature
from channels_app.email.mailbox.account import Account, Server
from channels_app.email.mailbox.guess import guess
from channels_app.email.mailbox.oauth import is_offered
from channels_app.models import AfterReading, Mailbox, Security
from inboxes.models import Channel

LTR = {"dir": "ltr", "spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}
AFTER = [
    (AfterReading.LEAVE, _("Leave it as it is")),
    (AfterReading.SEEN, _("Mark it as read")),
    (AfterReading.MOVE, _("Move it to another folder")),
]
READING = ("after_reading", "move_to", "sent_folder")


def printable(value: str) -> str:
    if not value.isprintable():
        raise forms.ValidationError(_("This contains characters that cannot be used."))
    return value


def securities() -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = [
        (Security.TLS, _("TLS from the start")),
        (Security.STARTTLS, _("STARTTLS")),
    ]
    # Passwords would travel readable: the operator must have said yes.
    return [*found, (Security.PLAIN, _("None"))] if settings.MAIL_ALLOW_PLAIN else found


class ChooseForm(forms.Form):
    """EM-1 and EM-2: which address, whose, and how we get its mail."""

    address = forms.EmailField(
        label=_("Address of your team"),
        max_length=200,
        help_text=_("For example support@ or hello@ your company."),
        widget=forms.EmailInput(attrs={**LTR, "autocomplete": "email"}),
    )
    shared = forms.ChoiceField(
        label=_("Is this a shared account?"),
        choices=[
            ("yes", _("Yes, several people answer its mail")),
            ("no", _("No, it is the personal mailbox of one person")),
        ],
        widget=forms.RadioSelect,
    )
    way = forms.ChoiceField(label=_("How does its mail get here?"), widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        ways = (
            [("google", _("Google Workspace or Gmail: sign in with Google"))] if is_offered("google") else []
        )
        ways += [("microsoft", _("Microsoft 365: sign in with Microsoft"))] if is_offered("microsoft") else []
        ways += [
            ("imap", _("With the password of the mailbox: by IMAP and SMTP")),
            ("forwarding", _("Forwarding: for aliases, groups and lists, or when nobody has a password")),
        ]
        self.fields["way"].choices = ways

    def clean_shared(self) -> str:
        if self.cleaned_data["shared"] == "no":
            raise forms.ValidationError(
                _(
                    "Everybody in the inbox would read this person's mail. Connect an address that the team shares."
                )
            )
        return self.cleaned_data["shared"]


class PasswordForm(forms.Form):
    """The secret alone; it is never shown again, also not on this page."""

    username = forms.CharField(
        label=_("User name"),
        max_length=320,
        validators=[printable],
        widget=forms.TextInput(attrs=LTR),
        help_text=_("Usually the address itself."),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        validators=[printable],
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Kept encrypted, and never shown again. Providers with two-step sign-in want an app password."
        ),
    )

    def blame(self, side: str, code: str, words: str) -> None:
        """Put the words of a failed test where the person can mend it."""
        fields = {
            "login": "password",
            "plain": f"{side}_security",
            "tls": f"{side}_security",
            "folder": "folder",
        }
        name = fields.get(code, f"{side}_host")
        self.add_error(name if name in self.fields else None, words)


class ImapForm(PasswordForm):
    """A mailbox at any server (EM-2b)."""

    address = forms.EmailField(
        label=_("Address"), max_length=200, widget=forms.EmailInput(attrs={**LTR, "autocomplete": "email"})
    )
    imap_host = forms.CharField(
        label=_("Server for reading (IMAP)"), max_length=253, widget=forms.TextInput(attrs=LTR)
    )
    imap_port = forms.IntegerField(label=_("Port for reading"), min_value=1, max_value=65535)
    imap_security = forms.ChoiceField(label=_("Encryption for reading"))
    smtp_host = forms.CharField(
        label=_("Server for sending (SMTP)"),
        max_length=253,
        required=False,
        widget=forms.TextInput(attrs=LTR),
        help_text=_("Empty: answers leave by the server of this installation."),
    )
    smtp_port = forms.IntegerField(label=_("Port for sending"), min_value=1, max_value=65535)
    smtp_security = forms.ChoiceField(label=_("Encryption for sending"))
    folder = forms.CharField(
        label=_("Folder to read"), max_length=200, initial="INBOX", validators=[printable]
    )
    after_reading = forms.ChoiceField(
        label=_("After a mail was read"), choices=AFTER, initial=AfterReading.LEAVE
    )
    move_to = forms.CharField(
        label=_("Folder to move it to"), max_length=200, required=False, validators=[printable]
    )
    backfill_days = forms.IntegerField(
        label=_("Days of older mail to bring in"),
        min_value=0,
        max_value=365,
        initial=0,
        help_text=_(
            "It comes in as closed conversations, and nobody is notified. 0: only what arrives from now on."
        ),
    )
    field_order = ["address", "username", "password"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("imap_security", "smtp_security"):
            self.fields[name].choices = securities()

    @classmethod
    def guessed(cls, address: str) -> "ImapForm":
        found = guess(address)
        servers = {"imap": found.imap, "smtp": found.smtp}
        return cls(
            initial={
                "address": address,
                "username": address,
                **{
                    f"{side}_{name}": getattr(server, name)
                    for side, server in servers.items()
                    for name in ("host", "port", "security")
                },
            }
        )

    def clean(self):
        data = super().clean()
        if data.get("after_reading") == AfterReading.MOVE:
            if not data.get("move_to"):
                self.add_error("move_to", _("Name the folder."))
            elif data["move_to"] == data.get("folder"):
                self.add_error("move_to", _("Choose another folder than the one that is read."))
        return data

    def account(self) -> Account:
        data = self.cleaned_data
        servers = {
            side: Server(data[f"{side}_host"].strip(), data[f"{side}_port"], data[f"{side}_security"])
            for side in ("imap", "smtp")
        }
        return Account(
            provider="imap",
            username=data["username"],
            secret={"password": data["password"]},
            folder=data["folder"],
            **servers,
        )

    def folders(self) -> tuple[str, ...]:
        moves = self.cleaned_data["after_reading"] == AfterReading.MOVE
        return (self.cleaned_data["move_to"],) if moves else ()


class AddressForm(forms.Form):
    """An address whose mail is forwarded to us."""

    address = forms.EmailField(
        label=_("Address of your team"),
        max_length=200,
        widget=forms.EmailInput(attrs={**LTR, "autocomplete": "email"}),
    )


class LocalPartForm(forms.Form):
    """What stands before the @ of an inbox's own address (FB-4)."""

    local_part = forms.CharField(label=_("Before the @"), max_length=64, widget=forms.TextInput(attrs=LTR))


class MailSettingsForm(forms.Form):
    """EM-6: what an address of the team is called, how it signs, and what becomes of what was read."""

    name = forms.CharField(
        label=_("Name of this address"),
        max_length=100,
        help_text=_("For your team. Customers do not see it."),
    )
    from_style = forms.ChoiceField(
        label=_("Name that customers see"),
        choices=[
            ("agent_and_company", _("The agent and the company")),
            ("company", _("The company alone")),
        ],
        widget=forms.RadioSelect,
    )
    from_name = forms.CharField(
        label=_("Name of the company"),
        max_length=100,
        required=False,
        validators=[printable],
        help_text=_("Empty: the name of your workspace."),
    )
    from_address = forms.EmailField(
        label=_("Send from another address"),
        max_length=200,
        required=False,
        help_text=_(
            "Empty: from the address itself. It must be of the same domain, and its server must allow it."
        ),
        widget=forms.EmailInput(attrs=LTR),
    )
    signature = forms.CharField(
        label=_("Signature of the team"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    sends = forms.BooleanField(
        label=_("Use this address for sending"),
        required=False,
        help_text=_("Off: it only takes in mail, and stands in when another address of the inbox fails."),
    )
    reply_all = forms.BooleanField(
        label=_("Answers go to everybody in the conversation"),
        required=False,
        help_text=_("Off: only to the one who wrote last. Each answer can still be changed."),
    )
    acknowledge = forms.BooleanField(
        label=_("Say at once that a first mail has arrived"),
        required=False,
        help_text=_(
            "In fixed words: “Thank you for your message. It has arrived, and somebody will answer it.” Once a day for an address, never to lists and robots."
        ),
    )
    sent_folder = forms.CharField(
        label=_("Folder for copies of what is sent"),
        max_length=200,
        required=False,
        validators=[printable],
        help_text=_(
            "Empty: no copies. Else each answer lies in the mailbox itself too, for example in Sent."
        ),
    )
    after_reading = forms.ChoiceField(label=_("After a mail was read"), choices=AFTER)
    move_to = forms.CharField(
        label=_("Folder to move it to"), max_length=200, required=False, validators=[printable]
    )
    checkers = forms.CharField(
        label=_("Servers whose checks of the sender are believed"),
        max_length=500,
        required=False,
        help_text=_(
            "The name at the start of the header Authentication-Results that your own mail server writes."
        ),
        widget=forms.TextInput(attrs=LTR),
    )

    def __init__(self, *args, channel: Channel, mailbox: Mailbox | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.channel, self.mailbox = channel, mailbox
        is_fallback = bool(channel.config.get("fallback"))
        gone = [] if mailbox else ["after_reading", "move_to"]
        # Google keeps what it sends by itself: a second copy would show twice.
        gone += [] if mailbox and mailbox.provider != "google" else ["sent_folder"]
        gone += ["from_address"] if is_fallback else ["sends"]
        for name in gone:
            del self.fields[name]
        self.fields["from_name"].required = is_fallback
        self.fields["signature"].help_text = _("These are filled in: %(tokens)s") % {
            "tokens": ", ".join(f"{{{{ {token} }}}}" for token in signature.TOKENS)
        }

    @classmethod
    def of(cls, channel: Channel, mailbox: Mailbox | None) -> "MailSettingsForm":
        config = channel.config
        initial = {
            "name": channel.name,
            "from_style": config.get("from_style") or "agent_and_company",
            **{name: config.get(name, "") for name in ("from_name", "from_address", "signature", "sends")},
            "checkers": ", ".join(config.get("authserv_ids", ())),
            "reply_all": config.get("reply_all") is not False,
            "acknowledge": config.get("acknowledge") is True,
        }
        if mailbox:
            initial |= {name: getattr(mailbox, name) for name in READING}
        return cls(initial=initial, channel=channel, mailbox=mailbox)

    def clean_from_address(self) -> str:
        given = self.cleaned_data["from_address"].lower()
        domain = self.channel.identifier.rpartition("@")[2]
        if given and given.rpartition("@")[2] != domain:
            raise forms.ValidationError(_("It must end in @%(domain)s."), params={"domain": domain})
        return given

    def clean_signature(self) -> str:
        wrong = signature.mistakes(self.cleaned_data["signature"])
        if wrong:
            raise forms.ValidationError(
                _("Nothing is known by this name: %(tokens)s"), params={"tokens": ", ".join(wrong)}
            )
        return self.cleaned_data["signature"]

    def clean_checkers(self) -> list[str]:
        names = [name.strip().lower() for name in self.cleaned_data["checkers"].split(",") if name.strip()]
        if any(" " in name or "/" in name for name in names):
            raise forms.ValidationError(_("Names of servers, separated by commas."))
        return names

    def clean(self):
        data = super().clean()
        if data.get("after_reading") == AfterReading.MOVE and not data.get("move_to"):
            self.add_error("move_to", _("Name the folder."))
        if self.mailbox and data.get("sent_folder") == self.mailbox.folder:
            self.add_error("sent_folder", _("Choose another folder than the one that is read."))
        return data

    def config(self) -> dict:
        names = ("from_style", "from_name", "from_address", "signature", "reply_all", "acknowledge")
        kept = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        return kept | {"authserv_ids": self.cleaned_data["checkers"]}

    def reading(self) -> dict:
        return {name: self.cleaned_data[name] for name in READING if name in self.fields}
