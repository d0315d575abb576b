"""Deeds that say something: a comment to the team, an answer to the contact."""

import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import actions, tokens
from conversations.deeds.kinds import DeedRefused, Doing, Kind, name_in, number_in, numbers, register
from conversations.envelope import default_envelope
from conversations.models import Conversation, Draft, DraftMode, Snippet
from inboxes.kinds import get_kind
from workspaces.models import Member

# A run's own name makes the names of what it writes: done twice, it is written once (P6).
WRITTEN = uuid.UUID("0b1f6a7e-52d5-4a52-9c51-0f6f4f3c2f6d")
SHOWN = 80


def _id(key: str, conversation: Conversation, what: str) -> uuid.UUID:
    return uuid.uuid5(WRITTEN, f"{key}:{conversation.pk}:{what}")


def reply_id(conversation: Conversation, key: str) -> uuid.UUID:
    """The client id of the answer that a run of this name gives."""
    return _id(key, conversation, "reply")


def _quoted(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(SHOWN)


def _say_comment(deed: dict) -> str:
    return _("Comment: “%(text)s”") % {"text": _quoted(deed["text"])}


def _comment(conversation: Conversation, deed: dict, doing: Doing) -> None:
    """A comment stays inside: a place that nothing is known for says so as it stands."""
    body = tokens.fill(deed["text"], tokens.values_for(conversation, doing.actor)).text
    actions.comment(
        conversation,
        body=body,
        by=doing.actor,
        client_id=_id(doing.key, conversation, f"comment:{body}"),
        author_name=doing.name,
    )


# ── An answer ──


def _snippet_choices(by: Member) -> list[tuple[str, str]]:
    rows = Snippet.objects.usable_by(by).order_by("name", "pk")
    return [("", _("Write a text below")), *((str(row.pk), row.name) for row in rows)]


def _clean_snippet(value: str, by: Member | None) -> str:
    rows = Snippet.objects.usable_by(by) if by else Snippet.objects.filter(owner=None)
    if value and not rows.filter(pk=number_in(value)).exists():
        raise ValidationError(_("Choose a saved reply that is still here."))
    return value


def _say_reply(deed: dict) -> str:
    if not deed["value"]:
        return _("Answer: “%(text)s”") % {"text": _quoted(deed["text"])}
    return _("Answer with “%(name)s”") % {"name": name_in(deed) or _("a saved reply that was removed")}


def _snippet_names(values: set[str]) -> dict[str, str]:
    return {str(row.pk): row.name for row in Snippet.objects.filter(pk__in=numbers(values))}


def _reply(conversation: Conversation, deed: dict, doing: Doing) -> None:
    if not get_kind(conversation.channel_kind).can_reply:
        raise DeedRefused(get_kind(conversation.channel_kind).why_not)
    body, html = _filled(conversation, deed, doing)
    key = reply_id(conversation, doing.key)
    if doing.actor is None:
        actions.send_automatic(conversation, body=body, html=html, client_id=key, author_name=doing.name)
        return
    # Sending drops the draft of an answer; what is being written beside this one is another answer.
    draft = Draft.objects.filter(conversation=conversation, member=doing.actor, mode=DraftMode.REPLY).first()
    if get_kind(conversation.channel_kind).has_subject and doing.hold:
        doing.held.append(_hold(conversation, body, html, key, doing))
    else:
        actions.send_reply(conversation, body=body, html=html, by=doing.actor, client_id=key)
    if draft:
        draft.save(force_insert=True)


def _filled(conversation: Conversation, deed: dict, doing: Doing) -> tuple[str, str]:
    body, html = deed["text"], ""
    if deed["value"]:
        row = Snippet.objects.filter(pk=deed["value"]).first()
        if row is None:
            raise DeedRefused(_("This saved reply is not here any more."))
        body, html = row.body, row.html
    values = tokens.values_for(conversation, doing.actor)
    text = tokens.fill(body, values)
    if text.missing:
        raise DeedRefused(_("Nothing is known for %(token)s.") % {"token": text.missing[0]})
    return text.text, tokens.fill_html(html, values).text if html else ""


def _hold(conversation: Conversation, body: str, html: str, key: uuid.UUID, doing: Doing) -> int:
    row = actions.schedule_reply(
        conversation,
        body=body,
        html=html,
        by=doing.actor,
        send_at=doing.now + timedelta(seconds=doing.hold),
        client_id=key,
        envelope=default_envelope(conversation),
    )
    return row.pk


register(
    Kind("comment", gettext_lazy("Add a comment"), "lock", _say_comment, _comment, has_text=True),
)
register(
    Kind(
        "reply",
        gettext_lazy("Answer"),
        "reply",
        _say_reply,
        _reply,
        _snippet_choices,
        _clean_snippet,
        has_text=True,
        text_or_value=True,
        names=_snippet_names,
    )
)
