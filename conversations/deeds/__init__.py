"""What macros and rules do to a conversation: a list of deeds, checked when it is kept, done one by one.

`clean` takes what was typed, `describe` says a deed in words, `apply` does them; deeds/form.py is their editor.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations import tokens
from conversations.actions import lock
from conversations.deeds import lists, state, words
from conversations.deeds.kinds import (
    KINDS,
    LONGEST_TEXT,
    MOST_DEEDS,
    DeedRefused,
    Doing,
    Kind,
    names_read,
    register,
)
from conversations.files import FileRefused
from conversations.mentions import CannotMention
from conversations.models import Conversation, ScheduledReply
from events.cause import Cause, caused_by
from workspaces.models import Member
from workspaces.refusals import Refused

__all__ = [
    "KINDS",
    "DeedRefused",
    "Doing",
    "Kind",
    "Outcome",
    "apply",
    "clean",
    "describe",
    "describe_all",
    "lists",
    "register",
    "state",
    "words",
]


@dataclass(frozen=True)
class Outcome:
    """What became of one deed; `why` are the words of a refusal. `held` is a letter that can still be taken back."""

    deed: dict
    done: bool
    why: str = ""
    held: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {"deed": self.deed, "done": self.done, "why": self.why}


# ── As they are kept ──


def clean(raw: Any, *, by: Member | None = None) -> list[dict]:
    """Deeds as they may be kept. Raises ValidationError in words. `by`: only what this member may choose themselves."""
    if not isinstance(raw, list) or not raw:
        raise ValidationError(_("Add at least one thing to do."))
    if len(raw) > MOST_DEEDS:
        raise ValidationError(_("These are too many things to do at once."))
    cleaned = [clean_one(deed, by=by) for deed in raw]
    if sum(deed["do"] == "reply" for deed in cleaned) > 1:
        raise ValidationError(_("Answer once, not twice."))
    return cleaned


def clean_one(raw: Any, *, by: Member | None = None) -> dict:
    kind = KINDS.get(str(raw.get("do"))) if isinstance(raw, dict) else None
    if kind is None or (by and kind.rules_only):
        raise ValidationError(_("One of the things to do is not known."))
    value = str(raw.get("value") or "") if kind.choices else ""
    deed = {"do": kind.key}
    if kind.choices:
        deed["value"] = kind.clean(value, by)
    if kind.has_text:
        deed["text"] = _text(kind, raw, value)
    return deed


def _text(kind: Kind, raw: dict, value: str) -> str:
    text = str(raw.get("text") or "").replace("\0", "").strip()
    if kind.text_or_value and value:
        return ""
    if not text:
        raise ValidationError(_("Write the text."))
    if len(text) > LONGEST_TEXT:
        raise ValidationError(_("This text is too long."))
    if unknown := tokens.unknown_in(text):
        known = ", ".join(tokens.NAMES)
        raise ValidationError(
            _("%(token)s is not known. Known are: %(names)s.") % {"token": unknown[0], "names": known}
        )
    return text


def describe(deed: dict) -> str:
    """One deed in words, in the reader's language. Inside the scope."""
    kind = KINDS.get(deed["do"])
    return kind.say(deed) if kind else _("Something that is not known any more")


def describe_all(lists: Iterable[list[dict]]) -> list[list[str]]:
    """Many lists of deeds in words, with a query for each kind of them instead of one for each deed."""
    lists = list(lists)
    with names_read(deed for deeds in lists for deed in deeds):
        return [[describe(deed) for deed in deeds] for deeds in lists]


# ── As they are done ──


@transaction.atomic
def apply(
    conversation: Conversation,
    deeds: list[dict],
    *,
    actor: Member | None,
    cause: Cause | None,
    key: str,
    hold: int = 0,
    now: datetime | None = None,
) -> list[Outcome]:
    """Do them in order, answers first; one refusal never stops the others. Outcomes stand in the order of the deeds.

    `actor` None: a rule acts. `key` names this run: with the same one nothing is written twice. `hold`: seconds in
    which a member's letter can be taken back. A refused answer leaves the conversation in sight.
    """
    conversation = lock(conversation)
    doing = Doing(actor=actor, cause=cause, key=key, now=now or timezone.now(), hold=hold)
    order = sorted(range(len(deeds)), key=lambda at: deeds[at]["do"] != "reply")
    outcomes: dict[int, Outcome] = {}
    with caused_by(cause):
        for at in order:
            outcomes[at] = _do(conversation, deeds[at], doing)
    if doing.held and doing.then:
        ScheduledReply.objects.filter(pk__in=doing.held).update(then=doing.then)
    return [outcomes[at] for at in range(len(deeds))]


def _do(conversation: Conversation, deed: dict, doing: Doing) -> Outcome:
    kind = KINDS.get(deed["do"])
    if kind is None:
        return Outcome(deed, False, _("This is not known any more."))
    held = len(doing.held)
    try:
        with transaction.atomic():
            conversation.refresh_from_db()
            kind.act(conversation, deed, doing)
    except (Refused, CannotMention, FileRefused, ValidationError) as refused:
        doing.unsent = doing.unsent or deed["do"] == "reply"
        why = " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)
        return Outcome(deed, False, why)
    return Outcome(deed, True, held=doing.held[held] if len(doing.held) > held else None)
