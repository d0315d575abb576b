"""What an answer quotes below itself, folded by mail programs; and what a forwarded message looks like."""

from dataclasses import dataclass

import nh3
from django.utils import formats, timezone
from django.utils.html import escape, linebreaks
from django.utils.translation import gettext as _

from contacts.models import ContactAddress
from conversations.envelope import BY_A_PERSON, BY_ONE_OF_US, Person
from conversations.models import Conversation, Direction, Message

LARGEST_HTML = 200_000
LARGEST_TEXT = 50_000
LOOKED_AT = 10
TAGS = nh3.ALLOWED_TAGS - {"img"}
STYLE = "margin:0 0 0 .8ex;border-inline-start:1px solid #ccc;padding-inline-start:1ex"


@dataclass(frozen=True)
class Addition:
    """What follows the writer's own words, as text and as HTML."""

    text: str = ""
    html: str = ""


def quote_for(message: Message, recipients: set[str]) -> Addition:
    """The last mail that one of the recipients wrote: nobody is shown the words of somebody who is not there."""
    before = message.conversation.messages.filter(direction=Direction.IN, seq__lt=message.seq)
    mails = before.filter(BY_A_PERSON, BY_ONE_OF_US)
    for candidate in mails.order_by("-seq")[:LOOKED_AT]:
        if writer_of(candidate, message.conversation).key in recipients:
            return _quoted(candidate, message.conversation)
    return Addition()


def writer_of(message: Message, conversation: Conversation) -> Person:
    told = (message.extra or {}).get("mail", {}).get("from") or {}
    if told.get("address") and not message.extra["mail"].get("forwarded_by"):
        return Person(str(told.get("name") or ""), str(told["address"]))
    known = (
        ContactAddress.objects.filter(contact=conversation.contact_id, kind="email").order_by("pk").first()
    )
    return Person(conversation.contact_name, known.value if known else "")


def _quoted(message: Message, conversation: Conversation) -> Addition:
    writer = writer_of(message, conversation)
    head = _("On %(date)s, %(name)s wrote:") % {
        "date": formats.date_format(timezone.localtime(message.created_at), "DATETIME_FORMAT"),
        "name": writer.name or writer.address,
    }
    text = "\n".join(f"> {line}".rstrip() for line in whole_text(message).splitlines())
    html = (
        f'<div class="gmail_quote"><div dir="auto" class="gmail_attr">{escape(head)}<br></div>'
        f'<blockquote class="gmail_quote" style="{STYLE}">{whole_html(message)}</blockquote></div>'
    )
    return Addition(f"{head}\n{text}", html)


def forwarded(message: Message) -> Addition:
    """A message as it is passed on: who, when, about what, and all of its words (CR-4)."""
    mail = (message.extra or {}).get("mail", {})
    writer = writer_of(message, message.conversation) if message.direction == Direction.IN else None
    to = ", ".join(str(Person(one.get("name", ""), one["address"])) for one in mail.get("to", []))
    facts = [
        (_("From"), str(writer) if writer else message.author_name),
        (_("Date"), formats.date_format(timezone.localtime(message.created_at), "DATETIME_FORMAT")),
        (_("Subject"), message.subject or message.conversation.subject),
        (_("To"), to),
    ]
    facts = [(label, value) for label, value in facts if value]
    title = f"---------- {_('Forwarded message')} ----------"
    head = "\n".join([title, *(f"{label}: {value}" for label, value in facts)])
    rows = "<br>".join([escape(title), *(f"{escape(label)}: {escape(value)}" for label, value in facts)])
    return Addition(
        f"{head}\n\n{whole_text(message)}",
        f'<div class="gmail_quote"><div dir="auto" class="gmail_attr">{rows}<br></div><br>'
        f"{whole_html(message, pictures=True)}</div>",
    )


def whole_text(message: Message) -> str:
    whole = (message.extra or {}).get("mail", {}).get("whole") or message.body
    return whole[:LARGEST_TEXT]


def whole_html(message: Message, *, pictures: bool = False) -> str:
    """Cleaned once more, without pictures unless they go along; its text when the HTML is missing or too much."""
    if not message.html or len(message.html) > LARGEST_HTML:
        return linebreaks(whole_text(message), autoescape=True)
    tags = TAGS | {"img"} if pictures else TAGS
    return nh3.clean(message.html, tags=tags, url_schemes={"http", "https", "mailto", "tel", "cid"})
