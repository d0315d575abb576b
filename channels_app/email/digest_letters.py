"""The words of letters that a machine writes, and their way out: a reaction of its own, with the tries of any mail."""

from collections.abc import Callable

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.html import escape, format_html, format_html_join, linebreaks
from django.utils.translation import gettext as _

from channels_app.adapter import Unreachable
from channels_app.email import tokens
from channels_app.email.digest import missed, said
from channels_app.email.letter import Letter, marks
from channels_app.email.sender import company_of, route_of
from channels_app.reactions import DELAYS
from conversations.envelope import Person, answer_subject, on_one_line
from conversations.models import Conversation, Direction, Message
from events.models import Event
from events.record import record
from events.retry import retried
from events.types import LETTER_FAILED
from workspaces.scope import workspace_scope

LONGEST_MESSAGE = 10_000
# From the room above that has the chat's pages: called with event, conversation, address and the last message they saw.
_ways_back: list[Callable[[Event, Conversation, str, int], str]] = []


def register_way_back(make: Callable[[Event, Conversation, str, int], str]) -> None:
    if make not in _ways_back:
        _ways_back.append(make)


# Letters of rooms above, by their kind: called as those below.
_written_above: dict[str, Callable] = {}


def register_letter(kind: str, write: Callable) -> None:
    _written_above[kind] = write


def give_up(event: Event, error: Exception | None) -> None:
    """The thread said that it was mailed: it says as well that it was not. The chat itself holds every message."""
    conversation = Conversation.objects.select_related("workspace").filter(pk=event.conversation_id).first()
    if conversation is None:
        return
    with translation.override(conversation.workspace.language):
        told = str(error) if isinstance(error, Unreachable) else _("It could not be sent.")
    told_of = {"kind": event.payload["kind"], "address": event.payload["address"], "error": told[:500]}
    record(LETTER_FAILED, conversation, **told_of)


@retried(delays=DELAYS, jitter=0.2, gave_up=give_up)
def send_letter(event: Event) -> None:
    """Reaction to letter.sent. The same event is the same mail, Message-ID and all, at every try (P7)."""
    with workspace_scope(event.workspace_id):
        conversation = (
            Conversation.objects.select_related("channel__workspace", "channel__inbox", "contact", "visitor")
            .filter(pk=event.conversation_id)
            .first()
        )
        letter = None
        if conversation is not None:
            with translation.override(_language_of(conversation)):
                letter = _letter(event, conversation)
    result = letter.send() if letter is not None else None
    if result is not None and result.delivery != "sent":
        with workspace_scope(event.workspace_id):
            give_up(event, Unreachable(result.error))


def _language_of(conversation: Conversation) -> str:
    known = dict(settings.LANGUAGES)
    return conversation.language if conversation.language in known else conversation.workspace.language


def _letter(event: Event, conversation: Conversation) -> Letter | None:
    told = event.payload
    own = {"digest": _digest, "transcript": _transcript, "acknowledgement": _acknowledgement}
    write = (own | _written_above)[told["kind"]]
    written = write(conversation, told["after"], told["upto"])
    if written is None:
        return None
    subject, text, html, answers = written
    if told["kind"] == "digest":
        text, html = _with_way_back(event, conversation, text, html)
    route = route_of(conversation.channel)
    return Letter(
        sender=Person(company_of(conversation.channel), route.address),
        to=(Person("", told["address"]),),
        subject=subject,
        text=text,
        html=f"<!doctype html><html><body>{html}</body></html>",
        message_id=_message_id(event),
        date=event.created_at,
        connection=route.connection(),
        # Answers to a transcript lead nowhere: its reader may be a colleague.
        reply_to=()
        if told["kind"] == "transcript"
        else (Person("", tokens.reply_address(conversation, told["address"])),),
        in_reply_to=answers,
        references=(answers,) if answers else (),
        marks=marks(automatic=True),
    )


def _message_id(event: Event) -> str:
    """Not to be guessed, and the same for the same event."""
    return f"<{salted_hmac('parley.letter', str(event.pk)).hexdigest()[:32]}@{settings.MAIL_DOMAIN}>"


def _digest(conversation: Conversation, after: int, upto: int):
    """What was written for the visitor since they left; nothing of their own words (T090)."""
    rows = missed(conversation, after, upto)
    if not rows:
        return None
    company = company_of(conversation.channel)
    intro = _("You left the chat before this arrived. Answer this mail to go on.")
    subject = on_one_line(_("New messages from %(company)s") % {"company": company})
    text = "\n\n".join([intro, *(f"{row.author_name}:\n{row.body[:LONGEST_MESSAGE]}" for row in rows)])
    blocks = format_html_join(
        "", "<p><b>{}</b></p>{}", ((row.author_name, linebreaks(_cut(row), autoescape=True)) for row in rows)
    )
    return subject, f"{text}\n", format_html("<p>{}</p>{}", intro, blocks), ""


def _with_way_back(event: Event, conversation: Conversation, text: str, html: str) -> tuple[str, str]:
    """The chat itself, in whichever browser they are now."""
    told = event.payload
    urls = [make(event, conversation, told["address"], told["after"]) for make in _ways_back]
    words = _("Or go on in the chat. This link works once, for a week:")
    for url in filter(None, urls):
        text += f"\n{words}\n{url}\n"
        html += format_html('<p>{}<br><a href="{}">{}</a></p>', words, url, url)
    return text, html


def _cut(message: Message) -> str:
    files = ", ".join(file.name for file in message.attachments.all())
    return message.body[:LONGEST_MESSAGE] or files


def _transcript(conversation: Conversation, after: int, upto: int):
    rows = said(conversation, upto)
    if not rows:
        return None
    name = company_of(conversation.channel)
    subject = on_one_line(_("Your conversation with %(company)s") % {"company": name})
    lines = [(_time(row), _author(row), _cut(row)) for row in rows]
    text = "\n\n".join(f"{at}, {author}:\n{words}" for at, author, words in lines)
    blocks = format_html_join(
        "",
        "<p><b>{}</b> {}</p>{}",
        ((author, at, linebreaks(words, autoescape=True)) for at, author, words in lines),
    )
    return subject, f"{text}\n", blocks, ""


def _time(message: Message) -> str:
    return formats.date_format(timezone.localtime(message.created_at), "DATETIME_FORMAT")


def _author(message: Message) -> str:
    if message.direction == Direction.IN:
        return message.author_name or _("Visitor")
    return message.author_name


def _acknowledgement(conversation: Conversation, after: int, upto: int):
    """Fixed words: no subject, no name, nothing that a stranger could have us carry to another (T090)."""
    first = conversation.messages.filter(seq=upto).first()
    company = company_of(conversation.channel)
    text = _("Thank you for your message. It has arrived, and somebody will answer it.")
    subject = on_one_line(_("Your message to %(company)s") % {"company": company})
    answers = first.external_id if first and first.external_id.startswith("<") else ""
    body = f"{text}\n\n{company}\n"
    return answer_subject(subject), body, f"<p>{escape(text)}</p><p>{escape(company)}</p>", answers
