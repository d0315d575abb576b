"""What a list of tickets may ask for: the closed list of fields, in the form that views of conversations have too."""

import re
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contacts.custom import definitions
from contacts.models import About, ContactAddress, PropertyDefinition, Sort
from conversations.conditions import CHOICE, TEXT, TIME, YES_NO, Asked, Extra, Field, Fields
from conversations.conditions import moment as of_conversation
from conversations.conditions_custom import CHOSEN, NOT, OF_TEXT, OPS, SORTS, _rows, choices_of
from inboxes.models import Inbox
from tickets.conditions import due_q, due_words, promise_words
from tickets.models import Priority, SlaClock, Source, Ticket, TicketTeam
from tickets.pipelines import in_use
from workspaces.labelled import labelled
from workspaces.models import Member, Team, TeamMember
from workspaces.numbers import whole

KEY = re.compile(rf"own_({SORTS})_([1-9][0-9]{{0,17}})")


def _either(op: str, found: Q) -> Q:
    return ~found if op in NOT else found


def _one_of(column: str):
    return lambda op, value, asked: _either(op, Q(**{f"{column}__in": value}))


def _numbers(column: str):
    def find(op: str, value: list[str], asked: Asked) -> Q:
        return _either(op, Q(**{f"{column}__in": [whole(one) for one in value]}))

    return find


def _text(column: str):
    return lambda op, value, asked: _either(op, Q(**{f"{column}__icontains": value}))


def _status(op: str, value: list[str], asked: Asked) -> Q:
    wanted = {one == "closed" for one in value}
    found = Q() if len(wanted) == 2 else Q(closed_at__isnull=wanted == {False})
    return _either(op, found) if found else Q(pk__isnull=op == "is_not")


def _owner(op: str, value: list[str], asked: Asked) -> Q:
    people = {whole(one) for one in value} | ({asked.member_id} if "me" in value else set())
    found = Q(owner__in=people)
    return _either(op, found | Q(owner=None) if "nobody" in value else found)


def _team(op: str, value: list[str], asked: Asked) -> Q:
    marks = TicketTeam.objects.filter(ticket=OuterRef("pk"))
    of = Q(team__in=[whole(one) for one in value])
    if "mine" in value:
        of |= Q(team__in=TeamMember.objects.filter(member=asked.member_id).values("team"))
    return _either(op, Q(Exists(marks.filter(of))))


def _due(op: str, value: list[str], asked: Asked) -> Q:
    return _either(op, due_q(value, asked.now))


def _promises(op: str, value: list[str], asked: Asked) -> Q:
    return _either(op, Q(Exists(SlaClock.objects.filter(ticket=OuterRef("pk"), state__in=value))))


def _email(op: str, value: str, asked: Asked) -> Q:
    theirs = ContactAddress.objects.filter(contact=OuterRef("contact"), kind="email", value__icontains=value)
    return _either(op, Q(Exists(theirs)))


def _moment(column: str):
    """What never was is neither within nor beyond, neither after nor before."""
    return of_conversation(column)


class TicketFields(Fields):
    """The closed list, and beside it the keys of properties that a workspace made for its tickets."""

    def __missing__(self, key: str) -> Field:
        found = KEY.fullmatch(key)
        if not found:
            raise KeyError(key)
        sort = Sort(found[1])
        ops = OPS.get(sort, OF_TEXT)
        return Field(key, ops, _own(sort, f"p{found[2]}"), f"own:{key}" if ops == CHOICE else "")


def _own(sort: str, name: str):
    def find(op: str, value: Any, asked: Asked) -> Q:
        rows = Ticket.objects.alias(own=KeyTextTransform(name, "custom"))
        return _either(op, Q(Exists(rows.filter(_rows(sort, name, op, value), pk=OuterRef("pk")))))

    return find


FIELDS = TicketFields(
    {
        field.key: field
        for field in (
            Field("status", CHOICE, _status, "ticket_statuses"),
            Field("pipeline", CHOICE, _numbers("pipeline"), "pipelines"),
            Field("stage", CHOICE, _numbers("stage"), "stages"),
            Field("priority", CHOICE, _one_of("priority"), "ticket_priorities"),
            Field("owner", CHOICE, _owner, "people"),
            Field("team", CHOICE, _team, "teams"),
            Field("source", CHOICE, _one_of("source"), "sources"),
            Field("inbox", CHOICE, _numbers("inbox"), "inboxes"),
            Field("name", TEXT, _text("name")),
            Field("category", TEXT, _text("category")),
            Field("created", TIME, _moment("created_at")),
            Field("updated", TIME, _moment("updated_at")),
            Field("due", CHOICE, _due, "ticket_dues"),
            Field("promises", CHOICE, _promises, "ticket_promises"),
            Field("closed", (*YES_NO, *TIME), _moment("closed_at")),
            Field("first_reply", (*YES_NO, *TIME), _moment("first_reply_at")),
            Field("customer_reply", (*YES_NO, *TIME), _moment("last_customer_reply_at")),
            Field("contact_name", TEXT, _text("contact__name")),
            Field("contact_email", TEXT, _email),
            Field("company", TEXT, _text("company__name")),
        )
    }
)


# ── Of rooms above ──

EXTRAS: dict[str, Extra] = {}


def register(extra: Extra) -> None:
    """At start: a field that a room above adds to lists of tickets."""
    EXTRAS[extra.field.key] = extra
    FIELDS[extra.field.key] = extra.field


def key_of(one: PropertyDefinition) -> str:
    return f"own_{one.sort}_{one.pk}"


def words() -> list[tuple[str, list[tuple[str, str]]]]:
    """Fields in words, in groups."""
    ticket = {
        "status": _("Status"),
        "pipeline": pgettext("ticket", "Pipeline"),
        "stage": _("Stage"),
        "priority": _("Priority"),
        "owner": pgettext("ticket", "Owner"),
        "team": _("Team"),
        "source": _("Came by"),
        "inbox": _("Inbox"),
        "name": _("Name"),
        "category": _("Category"),
        "due": pgettext("service level", "Due"),
        "promises": _("Service levels"),
        "created": _("Made"),
        "updated": _("Changed"),
        "closed": pgettext("stage", "Closed"),
        "first_reply": _("First reply"),
        "customer_reply": _("They wrote last"),
    }
    ticket |= {key: str(extra.label) for key, extra in EXTRAS.items()}
    ticket |= {key_of(one): one.label for one in definitions(About.TICKET)}
    contact = {"contact_name": _("Name"), "contact_email": _("Email"), "company": _("Company")}
    return [(_("Ticket"), list(ticket.items())), (_("Contact"), list(contact.items()))]


def choices_for(member: Member) -> dict[str, list[tuple[str, str]]]:
    people = Member.objects.active().filter(workspace=member.workspace_id).by_name()
    pipelines = in_use()
    several = len(pipelines) > 1
    stages = [
        (str(stage.pk), labelled(one.name, stage.name) if several else stage.name)
        for one in pipelines
        for stage in one._stages  # type: ignore[attr-defined]
    ]
    return {
        "ticket_statuses": [("open", pgettext("stage", "Open")), ("closed", pgettext("stage", "Closed"))],
        "ticket_priorities": [(key, str(label)) for key, label in Priority.choices],
        "ticket_dues": [(key, str(label)) for key, label in due_words(member)],
        "ticket_promises": [(key, str(label)) for key, label in promise_words(member)],
        "sources": [(key, str(label)) for key, label in Source.choices],
        "pipelines": [(str(one.pk), one.name) for one in pipelines],
        "stages": stages,
        "people": [
            ("me", _("Me")),
            ("nobody", _("Nobody")),
            *((str(row.pk), row.display_name) for row in people),
        ],
        "teams": [
            ("mine", _("My teams")),
            *((str(row.pk), row.name) for row in Team.objects.order_by("name")),
        ],
        "inboxes": [(str(row.pk), row.name) for row in Inbox.objects.visible_to(member).order_by("name")],
        **{extra.field.choices: extra.choices(member) for extra in EXTRAS.values() if extra.choices},
        **choices_of((one for one in definitions(About.TICKET) if OPS.get(one.sort) == CHOSEN), key_of),
    }
