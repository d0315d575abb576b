"""What people set about a live chat."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from inboxes.models import UNSEEN_MINUTES, Channel
from inboxes.origins import NotASite, read_sites
from workspaces.guarded import Guarded

MOST_READERS = 10
LINES = {"spellcheck": "false", "dir": "ltr"}


class FirstChatForm(Guarded, forms.Form):
    """What the first set-up asks about a live chat: what it is called, what it says first, and where it may stand."""

    name = forms.CharField(
        label=_("Name of this chat"), max_length=100, help_text=_("For your team. Visitors do not see it.")
    )
    title = forms.CharField(
        label=_("Name that visitors see"),
        max_length=100,
        required=False,
        help_text=_("Empty: the name of your workspace."),
    )
    greeting = forms.CharField(
        label=_("First words"),
        max_length=300,
        required=False,
        help_text=_("Empty: our own, in the language of the visitor."),
    )
    sites = forms.CharField(
        label=_("Your sites, one per line"),
        required=False,
        max_length=5000,
        help_text=_("For example https://www.shop.example. The chat shows on these sites only."),
        widget=forms.Textarea(attrs={"rows": 3, **LINES}),
    )

    @classmethod
    def of(cls, channel: Channel) -> "FirstChatForm":
        return cls(initial=cls.read(channel), target=channel)

    @classmethod
    def read(cls, channel: Channel) -> dict:
        config = channel.config
        return {
            "name": channel.name,
            "title": config.get("name", ""),
            "greeting": config.get("greeting", ""),
            "sites": "\n".join(config.get("sites", [])),
        }

    def clean_sites(self) -> list[str]:
        try:
            return read_sites(self.cleaned_data["sites"])
        except NotASite as line:
            raise forms.ValidationError(
                _("“%(line)s” is not the address of a site."), params={"line": line}
            ) from None

    def config(self) -> dict:
        data = self.cleaned_data
        return {"name": data["title"], "greeting": data["greeting"], "sites": data["sites"]}


class ChatForm(FirstChatForm):
    """Everything that is set about a live chat, what happens by mail among it (CT-14, CT-15)."""

    typing_preview = forms.BooleanField(
        label=_("Agents see what visitors are typing"),
        required=False,
        help_text=_("Before it is sent. Visitors are told so below the text; nothing of it is kept."),
    )
    attachments = forms.BooleanField(
        label=_("Visitors may send files"),
        required=False,
        help_text=_("Pictures, PDF, office documents, text, CSV and zip, up to 10 MB each."),
    )
    by_mail = forms.BooleanField(
        label=_("Go on by email when the visitor has left"),
        required=False,
        help_text=_("What they have not seen is sent to their address. Their answer comes in here."),
    )
    by_mail_after = forms.IntegerField(
        label=_("Minutes before that"),
        min_value=1,
        max_value=1440,
        required=False,
        help_text=_("How long a message may stay unseen. Usually 2."),
    )
    auto_close_minutes = forms.IntegerField(
        label=_("Close a chat by itself after so many minutes without a word"),
        min_value=5,
        max_value=10080,
        required=False,
        help_text=_(
            "Empty: never. What waits for your answer is not closed; the visitor’s next word opens it."
        ),
    )
    transcript = forms.BooleanField(
        label=_("Send the visitor a transcript when a chat is closed"),
        required=False,
        help_text=_("Only to an address that is proven to be theirs. Comments are never in it."),
    )
    transcript_readers = forms.CharField(
        label=_("Colleagues who get the transcript too, one address per line"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, **LINES}),
    )

    @classmethod
    def read(cls, channel: Channel) -> dict:
        config, minutes = channel.config, channel.minutes_unseen()
        transcript = config.get("transcript") or {}
        return super().read(channel) | {
            "typing_preview": config.get("typing_preview") is True,
            "attachments": config.get("attachments") is not False,
            "by_mail": bool(minutes),
            "by_mail_after": minutes or UNSEEN_MINUTES,
            "auto_close_minutes": config.get("auto_close_minutes") or None,
            "transcript": bool(transcript.get("visitor")),
            "transcript_readers": "\n".join(transcript.get("internal") or ()),
        }

    def clean_transcript_readers(self) -> list[str]:
        lines = [line.strip().lower() for line in self.cleaned_data["transcript_readers"].splitlines()]
        addresses = list(dict.fromkeys(line for line in lines if line))
        if len(addresses) > MOST_READERS:
            raise forms.ValidationError(_("No more than %(most)s addresses."), params={"most": MOST_READERS})
        for address in addresses:
            if not _is_address(address):
                raise forms.ValidationError(
                    _("“%(address)s” is not an email address."), params={"address": address[:100]}
                )
        return addresses

    def clean(self):
        data = super().clean()
        if data.get("by_mail") and not data.get("by_mail_after") and "by_mail_after" not in self.errors:
            self.add_error("by_mail_after", _("Say after how many minutes."))
        return data

    def config(self) -> dict:
        data = self.cleaned_data
        return super().config() | {
            "typing_preview": data["typing_preview"],
            "attachments": data["attachments"],
            "continue_by_mail": data["by_mail_after"] if data["by_mail"] else 0,
            "auto_close_minutes": data["auto_close_minutes"] or 0,
            "transcript": {"visitor": data["transcript"], "internal": data["transcript_readers"]},
        }


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
