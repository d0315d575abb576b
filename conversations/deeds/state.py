"""Deeds that put a conversation somewhere: whose it is, labels, open or closed, snoozed, how urgent, in which inbox."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conversations import actions
from conversations.closing import NotFilledIn, left_empty
from conversations.deeds.kinds import DeedRefused, Doing, Kind, name_in, number_in, numbers, register
from conversations.models import Conversation, Label, Priority, Status
from inboxes.hours import next_opening
from inboxes.models import Inbox
from inboxes.opening import workspace_schedule
from workspaces.models import Member, Team
from workspaces.scope import current_workspace_id

MORNING = time(9)
WEEKEND = 5
LONGEST_SNOOZE = 60 * 24 * 366


# ── Whose ──


def _people():
    return Member.objects.active().filter(workspace=current_workspace_id())


def _assignee_choices(by: Member) -> list[tuple[str, str]]:
    people = [(f"member:{row.pk}", row.display_name) for row in _people().by_name()]
    teams = [(f"team:{row.pk}", row.name) for row in Team.objects.order_by("name")]
    return [("me", _("Whoever runs it")), ("nobody", _("Nobody")), *people, *teams]


def _clean_assignee(value: str, by: Member | None) -> str:
    if value not in ("me", "nobody") and find_assignee(value) is None:
        raise ValidationError(_("Choose a person or a team of this workspace."))
    return value


def find_assignee(value: str) -> Member | Team | None:
    """Whom "member:12" or "team:3" names, as long as they are here."""
    kind, _sep, number = value.partition(":")
    if kind not in ("member", "team") or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return (_people() if kind == "member" else Team.objects).filter(pk=number).first()


def _say_assign(deed: dict) -> str:
    if deed["value"] == "nobody":
        return _("Give it to nobody")
    if deed["value"] == "me":
        return _("Take it")
    return _("Give it to %(name)s") % {"name": name_in(deed) or _("somebody who left")}


def _assignee_names(values: set[str]) -> dict[str, str]:
    asked: dict[str, list[str]] = {"member": [], "team": []}
    for value in values:
        kind, _sep, number = value.partition(":")
        asked.get(kind, []).append(number)
    people = _people().filter(pk__in=numbers(asked["member"])) if asked["member"] else ()
    teams = Team.objects.filter(pk__in=numbers(asked["team"])) if asked["team"] else ()
    return {f"member:{row.pk}": row.display_name for row in people} | {
        f"team:{row.pk}": row.name for row in teams
    }


def _assign(conversation: Conversation, deed: dict, doing: Doing) -> None:
    to = None
    if deed["value"] == "me":
        if doing.actor is None:
            raise DeedRefused(_("A rule cannot take a conversation itself."))
        to = doing.actor
    elif deed["value"] != "nobody":
        to = find_assignee(deed["value"])
        if to is None:
            raise DeedRefused(_("This person or team is not here any more."))
    if isinstance(to, Member) and not Inbox.objects.worked_by(to).filter(pk=conversation.inbox_id).exists():
        raise DeedRefused(_("%(name)s does not work in this inbox.") % {"name": to.display_name})
    told = {} if doing.actor else {"reason": "rule"}
    actions.assign(conversation, to=to, by=doing.actor, **told)


# ── Labels ──


def _label_choices(by: Member) -> list[tuple[str, str]]:
    return [(str(row.pk), row.name) for row in Label.objects.in_use()]


def _clean_label(value: str, by: Member | None) -> str:
    if not Label.objects.filter(pk=number_in(value)).exists():
        raise ValidationError(_("Choose a label of this workspace."))
    return value


def _label_name(deed: dict) -> str:
    return name_in(deed) or _("a label that was removed")


def _label_names(values: set[str]) -> dict[str, str]:
    return {str(row.pk): row.name for row in Label.objects.filter(pk__in=numbers(values))}


def _set_label(on: bool):
    def act(conversation: Conversation, deed: dict, doing: Doing) -> None:
        label = Label.objects.filter(pk=deed["value"]).first()
        if label is None:
            raise DeedRefused(_("This label is not here any more."))
        actions.set_label(conversation, label, on, by=doing.actor)

    return act


# ── Open, closed, snoozed. Who sends a letter that waits leaves these for when it has left. ──


def _close(conversation: Conversation, deed: dict, doing: Doing) -> None:
    _only_when_sent(doing)
    if doing.actor and (empty := left_empty(conversation)):
        raise NotFilledIn(empty)
    if doing.held:
        doing.then = "close"
    else:
        actions.set_status(conversation, Status.CLOSED, by=doing.actor)


def _open(conversation: Conversation, deed: dict, doing: Doing) -> None:
    if not doing.held:  # a letter opens it by itself
        actions.set_status(conversation, Status.OPEN, by=doing.actor)


def _snooze(conversation: Conversation, deed: dict, doing: Doing) -> None:
    _only_when_sent(doing)
    until = _until(deed["value"], doing.now, conversation)
    if doing.held and until:
        doing.then = until.isoformat()
    else:
        actions.snooze(conversation, until=until, by=doing.actor)


def _only_when_sent(doing: Doing) -> None:
    """Nobody is put out of sight whose answer could not be sent."""
    if doing.unsent:
        raise DeedRefused(_("It stays as it is, since the answer could not be sent."))


def _until(value: str, now: datetime, conversation: Conversation) -> datetime | None:
    if value == "reply":
        return None
    if value == "morning":
        return _next_working_morning(now, conversation)
    return now + timedelta(minutes=int(value.partition(":")[2]))


def _next_working_morning(now: datetime, conversation: Conversation) -> datetime:
    """When the workspace opens on a later day; without hours, nine o'clock on a weekday."""
    hours = workspace_schedule()
    zone = ZoneInfo(hours.zone if hours else conversation.workspace.time_zone)
    if hours:
        tomorrow = timezone.localtime(now, zone).date() + timedelta(days=1)
        opens = next_opening(hours, datetime.combine(tomorrow, time(), zone))
        if opens:
            return timezone.localtime(opens, zone)
    day = timezone.localtime(now, zone).date() + timedelta(days=1)
    while day.weekday() >= WEEKEND:
        day += timedelta(days=1)
    return datetime.combine(day, MORNING, zone)


def _clean_snooze(value: str, by: Member | None) -> str:
    unit, _sep, number = value.partition(":")
    if value in ("morning", "reply"):
        return value
    if unit == "minutes" and 0 < number_in(number) <= LONGEST_SNOOZE:
        return value
    raise ValidationError(_("Choose until when."))


def _snooze_choices(by: Member) -> list[tuple[str, str]]:
    hours = [(f"minutes:{60 * n}", _hours(n)) for n in (1, 4, 24, 48, 168)]
    return [("morning", _("The next working morning")), *hours, ("reply", _("Until they answer"))]


def _hours(n: int) -> str:
    if n % 24 == 0:
        return ngettext("%(n)s day", "%(n)s days", n // 24) % {"n": n // 24}
    return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}


def _say_snooze(deed: dict) -> str:
    if deed["value"] == "reply":
        return _("Snooze until they answer")
    if deed["value"] == "morning":
        return _("Snooze until the next working morning")
    minutes = int(deed["value"].partition(":")[2])
    if minutes % 60 == 0:
        return _("Snooze for %(time)s") % {"time": _hours(minutes // 60)}
    time_ = ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    return _("Snooze for %(time)s") % {"time": time_}


# ── Urgency, inbox ──


def _clean_priority(value: str, by: Member | None) -> str:
    if value not in Priority.values:
        raise ValidationError(_("Choose how urgent it is."))
    return value


def _inbox_choices(by: Member) -> list[tuple[str, str]]:
    return [(str(row.pk), row.name) for row in Inbox.objects.worked_by(by).order_by("name")]


def _clean_inbox(value: str, by: Member | None) -> str:
    rows = Inbox.objects.worked_by(by) if by else Inbox.objects.all()
    if not rows.filter(pk=number_in(value)).exists():
        raise ValidationError(_("Choose an inbox that you work in."))
    return value


def _say_move(deed: dict) -> str:
    return _("Move it to %(inbox)s") % {"inbox": name_in(deed) or _("an inbox that was removed")}


def _inbox_names(values: set[str]) -> dict[str, str]:
    return {str(row.pk): row.name for row in Inbox.objects.filter(pk__in=numbers(values))}


def _move(conversation: Conversation, deed: dict, doing: Doing) -> None:
    rows = Inbox.objects.worked_by(doing.actor) if doing.actor else Inbox.objects.all()
    inbox = rows.filter(pk=deed["value"]).first()
    if inbox is None:
        raise DeedRefused(_("You do not work in this inbox.") if doing.actor else _("This inbox is gone."))
    actions.move(conversation, inbox, by=doing.actor)


register(
    Kind(
        "assign",
        gettext_lazy("Assign"),
        "users",
        _say_assign,
        _assign,
        _assignee_choices,
        _clean_assignee,
        names=_assignee_names,
    )
)
register(
    Kind(
        "label",
        gettext_lazy("Put a label on"),
        "tag",
        lambda deed: _("Put the label “%(label)s” on") % {"label": _label_name(deed)},
        _set_label(True),
        _label_choices,
        _clean_label,
        names=_label_names,
    )
)
register(
    Kind(
        "unlabel",
        gettext_lazy("Take a label off"),
        "tag",
        lambda deed: _("Take the label “%(label)s” off") % {"label": _label_name(deed)},
        _set_label(False),
        _label_choices,
        _clean_label,
        names=_label_names,
    )
)
register(Kind("close", gettext_lazy("Close"), "check", lambda deed: _("Close it"), _close))
register(Kind("open", gettext_lazy("Open again"), "undo", lambda deed: _("Open it again"), _open))
register(
    Kind("snooze", gettext_lazy("Snooze"), "clock", _say_snooze, _snooze, _snooze_choices, _clean_snooze)
)
register(
    Kind(
        "priority",
        gettext_lazy("Set the priority"),
        "warn",
        lambda deed: _("Priority: %(priority)s") % {"priority": Priority(deed["value"]).label},
        lambda conversation, deed, doing: actions.set_priority(conversation, deed["value"], by=doing.actor),
        lambda by: list(Priority.choices),
        _clean_priority,
    )
)
register(
    Kind(
        "move",
        gettext_lazy("Move to another inbox"),
        "folder",
        _say_move,
        _move,
        _inbox_choices,
        _clean_inbox,
        names=_inbox_names,
    )
)
