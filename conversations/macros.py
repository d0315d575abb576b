"""Macros: several deeds in one go, by somebody's hand, and the way back from them."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations import actions, deeds
from conversations.actions import lock
from conversations.deeds.words import reply_id
from conversations.models import Conversation, ConversationLabel, Label, Macro, ScheduledReply, Status
from events.cause import Cause
from inboxes.models import Inbox
from workspaces.audit import note
from workspaces.models import Member, Team

MOST = 200
# The toast lasts ten seconds; its last moment, over a slow line, still counts.
UNDO_WITHIN = 30


@dataclass(frozen=True)
class Ran:
    """What became of each deed, and what to remember to take it back."""

    outcomes: list[deeds.Outcome]
    before: dict

    @property
    def refused(self) -> list[deeds.Outcome]:
        return [outcome for outcome in self.outcomes if not outcome.done]

    @property
    def held(self) -> int | None:
        return next((outcome.held for outcome in self.outcomes if outcome.held), None)


def told_of(macro: Macro) -> dict:
    """Its settings, as the log keeps them."""
    plain = {name: getattr(macro, name) for name in ("name", "shortcut", "folder")}
    return plain | {"shared": macro.owner_id is None, "deeds": macro.deeds}


@transaction.atomic
def save_macro(macro: Macro, told: list[dict], *, before: dict | None = None) -> Macro:
    """Keep it; `before` is what stood there, None for a new one."""
    macro.deeds, macro.updated_at = told, timezone.now()
    macro.save()
    note("macro.changed" if before else "macro.created", macro, before=before, after=told_of(macro))
    return macro


@transaction.atomic
def delete_macro(macro: Macro) -> None:
    before, name = told_of(macro), macro.name
    macro.delete()
    note("macro.deleted", name, before=before)


@transaction.atomic
def run(macro: Macro, conversation: Conversation, *, by: Member, before: dict | None = None) -> Ran:
    """Do a macro's deeds. The same run of the same state twice answers once. `before`: as `snapshot` gave it."""
    before = before or snapshot(macro, conversation)
    outcomes = deeds.apply(
        conversation,
        macro.deeds,
        actor=by,
        cause=Cause("macro", macro.pk, macro.name),
        key=before["key"],
        hold=settings.UNDO_SEND_SECONDS,
    )
    Macro.objects.filter(pk=macro.pk).update(uses=F("uses") + 1)
    return Ran(outcomes, before)


def snapshot(macro: Macro, conversation: Conversation) -> dict:
    """What a conversation is like before it; `key` names the run, by the version that it finds."""
    labels = ConversationLabel.objects.filter(conversation=conversation).values_list("label", flat=True)
    until = conversation.snoozed_until
    return {
        "key": f"macro:{macro.pk}:{conversation.version}",
        "status": [conversation.status, until.isoformat() if until else ""],
        "member": conversation.assignee_id,
        "team": conversation.team_id,
        "inbox": conversation.inbox_id,
        "priority": conversation.priority,
        "labels": sorted(labels),
    }


@transaction.atomic
def take_back(macro: Macro, conversation: Conversation, before: dict, *, by: Member) -> bool:
    """Put back what its deeds touch, and keep a letter from leaving. Returns whether a letter was kept.

    What was said in a chat or a comment is said. Nothing else that happened meanwhile is undone.
    """
    conversation = lock(conversation)
    kept = _keep_letter(conversation, before["key"], by)
    touched = {deed["do"] for deed in macro.deeds}
    if "move" in touched:
        _put_in(conversation, before["inbox"], by)
    if touched & {"assign", "move"} or kept:
        actions.assign(conversation, to=_who(before), by=by)
    if touched & {"close", "open", "snooze"}:
        status, until = before["status"]
        _put_status(conversation, status, until, by)
    if "priority" in touched:
        actions.set_priority(conversation, before["priority"], by=by)
    for deed in macro.deeds:
        if deed["do"] in ("label", "unlabel") and (label := Label.objects.filter(pk=deed["value"]).first()):
            actions.set_label(conversation, label, label.pk in before["labels"], by=by)
    return kept


def _keep_letter(conversation: Conversation, key: str, by: Member) -> bool:
    rows = ScheduledReply.objects.filter(
        conversation=conversation, member=by, client_id=reply_id(conversation, key)
    )
    return bool(rows.delete()[0])


def _put_in(conversation: Conversation, pk: int, by: Member) -> None:
    home = Inbox.objects.worked_by(by).filter(pk=pk).first()
    if home:
        actions.move(conversation, home, by=by)


def _who(before: dict) -> Member | Team | None:
    if before["team"]:
        return Team.objects.filter(pk=before["team"]).first()
    return Member.objects.active().filter(pk=before["member"]).first() if before["member"] else None


def _put_status(conversation: Conversation, status: str, until: str, by: Member) -> None:
    if status == Status.SNOOZED:
        actions.snooze(conversation, until=timezone.datetime.fromisoformat(until) if until else None, by=by)
    else:
        actions.set_status(conversation, status, by=by)


def in_words(macro: Macro, ran: Ran) -> str:
    """What a toast says: that it is done, and what of it could not be."""
    done = len(ran.outcomes) - len(ran.refused)
    if not ran.refused:
        return _("“%(name)s” is done.") % {"name": macro.name}
    why = " ".join(dict.fromkeys(outcome.why for outcome in ran.refused))
    text = ngettext("“%(name)s”: %(n)s thing done. %(why)s", "“%(name)s”: %(n)s things done. %(why)s", done)
    return text % {"name": macro.name, "n": done, "why": why}


def offered_to(member: Member) -> list[dict]:
    """What a composer and the palette offer, the most used first."""
    rows = Macro.objects.usable_by(member).order_by("-uses", "name", "pk")[:MOST]
    return [
        {
            "id": row.pk,
            "name": row.name,
            "short": row.shortcut,
            "folder": row.folder,
            "kinds": [str(deeds.KINDS[deed["do"]].label) for deed in row.deeds if deed["do"] in deeds.KINDS],
        }
        for row in rows
    ]
