"""What can be done to many conversations at once, and how each is taken back (ST-6)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from conversations import actions, aside, closing, macros
from conversations.models import Conversation, ConversationLabel, Label, Macro, Priority, ReadMark, Status
from inboxes.models import Inbox
from workspaces.models import Member, Team
from workspaces.numbers import whole


@dataclass(frozen=True)
class Verb:
    """`was`: what to remember of a conversation, or None when nothing would change. `undo` gets what `was` gave."""

    was: Callable[[Conversation, Member, Any], Any]
    do: Callable[[Conversation, Member, Any], Any]
    undo: Callable[[Conversation, Member, Any, Any], Any]
    said: Any
    argument: Callable[[dict, Member], Any] = lambda told, member: None
    # Of what `do` gave back: why something of it could not be done.
    refused: Callable[[Any], list[str]] = lambda done: []
    # Why one of them is left as it is: "" when nothing stands against it.
    hindered: Callable[[Conversation, Any], str] = lambda conversation, argument: ""
    # It is done or not, never in part: what was refused is left as it is.
    whole: bool = False
    left: Any = ngettext_lazy(
        "%(n)s conversation was left open. %(why)s", "%(n)s conversations were left open. %(why)s", "n"
    )
    # Of a room above: its rows that a member may change, by their ids. None: conversations.
    rows: Callable[[Member, list[int]], Any] | None = None


# ── Whose ──


def _assignee(told: dict, member: Member) -> Member | Team | None:
    kind, _sep, number = str(told.get("to", "")).partition(":")
    if kind == "" or (kind == "nobody" and not number):
        return None
    if number.isascii() and number.isdigit() and len(number) < 19:
        if kind == "member":
            people = Member.objects.active().filter(workspace=member.workspace_id, pk=number)
        else:
            people = Team.objects.filter(pk=number if kind == "team" else 0)
        if found := people.first():
            return found
    raise ValidationError(_("This person or team is not here any more."))


def _has(conversation: Conversation) -> str:
    if conversation.assignee_id:
        return f"member:{conversation.assignee_id}"
    return f"team:{conversation.team_id}" if conversation.team_id else ""


def _names(to: Member | Team | None) -> str:
    return f"{'member' if isinstance(to, Member) else 'team'}:{to.pk}" if to else ""


def _was_given(conversation, member, to):
    """None also for who does not work in its inbox: they cannot be given it (AC-1)."""
    if isinstance(to, Member) and not Inbox.objects.worked_by(to).filter(pk=conversation.inbox_id).exists():
        return None
    return None if _has(conversation) == _names(to) else _has(conversation)


def _give_back(conversation, member, was, to):
    if _has(conversation) == _names(to):
        try:
            actions.assign(conversation, to=_assignee({"to": was}, member), by=member)
        except ValidationError:  # who had it has left meanwhile
            actions.assign(conversation, to=None, by=member)


# ── Open, closed, snoozed ──


def _state(conversation: Conversation) -> list[str]:
    until = conversation.snoozed_until
    return [conversation.status, until.isoformat() if until else ""]


def _was_in(status: str) -> Callable:
    return lambda conversation, member, argument: (
        None if conversation.status == status and not argument else _state(conversation)
    )


def _unfilled(conversation: Conversation, asked: list) -> str:
    """Closing asks for some properties: what lacks one stays open."""
    empty = closing.left_empty(conversation, asked)
    return closing.in_words(empty) if empty else ""


def _back_to(status: str) -> Callable:
    def undo(conversation, member, was, argument):
        if conversation.status != status:
            return
        if was[0] == Status.SNOOZED and was[1]:
            actions.snooze(conversation, until=datetime.fromisoformat(was[1]), by=member)
        else:
            actions.set_status(conversation, was[0], by=member)

    return undo


def _until(told: dict, member: Member) -> datetime:
    try:
        until = datetime.fromisoformat(str(told.get("until", "")).replace("Z", "+00:00"))
    except ValueError:
        until = None
    if (
        until is None
        or until.tzinfo is None
        or not timezone.now() < until < timezone.now() + timedelta(days=400)
    ):
        raise ValidationError(_("Choose a moment in the coming year."))
    return until


# ── Labels, inboxes ──


def _label(told: dict, member: Member) -> Label:
    number = str(told.get("label", ""))
    found = Label.objects.filter(pk=whole(number)).first()
    if found is None:
        raise ValidationError(_("This label is not here any more."))
    return found


def _lacks(conversation, member, label):
    return None if ConversationLabel.objects.filter(conversation=conversation, label=label).exists() else True


def _wears(conversation, member, label):
    return True if ConversationLabel.objects.filter(conversation=conversation, label=label).exists() else None


def _inbox(told: dict, member: Member) -> Inbox:
    number = str(told.get("inbox", ""))
    mine = Inbox.objects.worked_by(member)
    found = mine.filter(pk=whole(number)).first()
    if found is None:
        raise ValidationError(_("You do not work in this inbox."))
    return found


def _was_elsewhere(conversation, member, inbox):
    return None if conversation.inbox_id == inbox.pk else [conversation.inbox_id, _has(conversation)]


def _move_back(conversation, member, was, inbox):
    home = Inbox.objects.worked_by(member).filter(pk=was[0]).first()
    if conversation.inbox_id != inbox.pk or home is None:
        return
    moved = actions.move(conversation, home, by=member)
    if _has(moved) != was[1]:
        _give_back(moved, member, was[1], _assignee({"to": _has(moved)}, member))


def _macro(told: dict, member: Member) -> Macro:
    number = str(told.get("macro", ""))
    mine = Macro.objects.usable_by(member)
    found = mine.filter(pk=whole(number)).first()
    if found is None:
        raise ValidationError(_("This macro is not here any more."))
    return found


def _was_urgent(conversation, member, priority):
    return None if conversation.priority == priority else conversation.priority


def _priority(told: dict, member: Member) -> str:
    if told.get("priority") not in Priority.values:
        raise ValidationError(_("Choose how urgent it is."))
    return str(told["priority"])


# ── Read ──


def _seen(conversation: Conversation, member: Member) -> int:
    mark = ReadMark.objects.filter(conversation=conversation, member=member).first()
    return mark.seq if mark else 0


def _was_unread(conversation, member, argument):
    seen = _seen(conversation, member)
    return seen if seen < conversation.last_inbound_seq else None


def _was_read(conversation, member, argument):
    seen = _seen(conversation, member)
    return seen if seen >= conversation.last_inbound_seq > 0 else None


def _see_again(conversation, member, was, argument):
    ReadMark.objects.update_or_create(conversation=conversation, member=member, defaults={"seq": was})


VERBS: dict[str, Verb] = {
    "assign": Verb(
        _was_given,
        lambda conversation, by, to: actions.assign(conversation, to=to, by=by),
        _give_back,
        ngettext_lazy("%(n)s conversation assigned.", "%(n)s conversations assigned.", "n"),
        _assignee,
    ),
    "close": Verb(
        lambda conversation, by, asked: None if conversation.is_closed() else _state(conversation),
        lambda conversation, by, asked: actions.set_status(conversation, Status.CLOSED, by=by),
        _back_to(Status.CLOSED),
        ngettext_lazy("%(n)s conversation closed.", "%(n)s conversations closed.", "n"),
        lambda told, member: closing.wanted(),
        hindered=_unfilled,
    ),
    "open": Verb(
        _was_in(Status.OPEN),
        lambda conversation, by, argument: actions.set_status(conversation, Status.OPEN, by=by),
        _back_to(Status.OPEN),
        ngettext_lazy("%(n)s conversation opened again.", "%(n)s conversations opened again.", "n"),
    ),
    "snooze": Verb(
        _was_in(Status.SNOOZED),
        lambda conversation, by, until: actions.snooze(conversation, until=until, by=by),
        _back_to(Status.SNOOZED),
        ngettext_lazy("%(n)s conversation snoozed.", "%(n)s conversations snoozed.", "n"),
        _until,
    ),
    "label": Verb(
        _lacks,
        lambda conversation, by, label: actions.set_label(conversation, label, True, by=by),
        lambda conversation, by, was, label: actions.set_label(conversation, label, False, by=by),
        ngettext_lazy("%(n)s conversation labelled.", "%(n)s conversations labelled.", "n"),
        _label,
    ),
    "unlabel": Verb(
        _wears,
        lambda conversation, by, label: actions.set_label(conversation, label, False, by=by),
        lambda conversation, by, was, label: actions.set_label(conversation, label, True, by=by),
        ngettext_lazy("Label taken off %(n)s conversation.", "Label taken off %(n)s conversations.", "n"),
        _label,
    ),
    "move": Verb(
        _was_elsewhere,
        lambda conversation, by, inbox: actions.move(conversation, inbox, by=by),
        _move_back,
        ngettext_lazy("%(n)s conversation moved.", "%(n)s conversations moved.", "n"),
        _inbox,
    ),
    "priority": Verb(
        _was_urgent,
        lambda conversation, by, priority: actions.set_priority(conversation, priority, by=by),
        lambda conversation, by, was, priority: actions.set_priority(conversation, was, by=by),
        ngettext_lazy("Priority of %(n)s conversation set.", "Priority of %(n)s conversations set.", "n"),
        _priority,
    ),
    "macro": Verb(
        lambda conversation, member, macro: macros.snapshot(macro, conversation),
        lambda conversation, by, macro: macros.run(macro, conversation, by=by),
        lambda conversation, by, was, macro: macros.take_back(macro, conversation, was, by=by),
        ngettext_lazy("Macro run on %(n)s conversation.", "Macro run on %(n)s conversations.", "n"),
        _macro,
        lambda ran: [str(outcome.why) for outcome in ran.refused],
    ),
    "spam": Verb(
        lambda conversation, member, argument: None if conversation.spam_at else True,
        lambda conversation, by, argument: aside.mark_spam(conversation, by=by),
        lambda conversation, by, was, argument: aside.not_spam(conversation, by=by),
        ngettext_lazy("%(n)s conversation moved to Spam.", "%(n)s conversations moved to Spam.", "n"),
    ),
    "keep": Verb(
        lambda conversation, member, argument: bool(conversation.spam_at or conversation.filtered_at) or None,
        lambda conversation, by, argument: aside.not_spam(conversation, by=by),
        lambda conversation, by, was, argument: aside.mark_spam(conversation, by=by),
        ngettext_lazy("%(n)s conversation is not spam.", "%(n)s conversations are not spam.", "n"),
    ),
    "trash": Verb(
        lambda conversation, member, argument: None if conversation.trashed_at else True,
        lambda conversation, by, argument: actions.trash(conversation, by=by),
        lambda conversation, by, was, argument: actions.restore(conversation, by=by),
        ngettext_lazy(
            "%(n)s conversation moved to the trash.", "%(n)s conversations moved to the trash.", "n"
        ),
    ),
    "restore": Verb(
        lambda conversation, member, argument: True if conversation.trashed_at else None,
        lambda conversation, by, argument: actions.restore(conversation, by=by),
        lambda conversation, by, was, argument: actions.trash(conversation, by=by),
        ngettext_lazy("%(n)s conversation restored.", "%(n)s conversations restored.", "n"),
    ),
    "read": Verb(
        _was_unread,
        lambda conversation, by, argument: actions.mark_read(conversation, by=by),
        _see_again,
        ngettext_lazy("%(n)s conversation marked read.", "%(n)s conversations marked read.", "n"),
    ),
    "unread": Verb(
        _was_read,
        lambda conversation, by, argument: actions.mark_unread(conversation, by=by),
        _see_again,
        ngettext_lazy("%(n)s conversation marked unread.", "%(n)s conversations marked unread.", "n"),
    ),
}
