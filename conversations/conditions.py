"""What a saved view may ask for: groups of conditions, any of which, with all of whose lines, a conversation must meet.

{"any": [{"all": [{"field": "status", "op": "is", "value": ["open"]}, …]}, …]}. Fields and operators are a closed list:
nothing that somebody typed ever becomes the name of a column (VW-3).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.dateparse import parse_date
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from contacts.models import Contact, ContactAddress
from conversations.conditions_custom import own
from conversations.models import ConversationLabel, Draft, Priority, ReadMark, Status
from workspaces.models import TeamMember
from workspaces.numbers import whole

MOST_GROUPS, MOST_LINES, MOST_VALUES, LONGEST = 8, 10, 50, 200
UNITS = {"minutes": 60, "hours": 3600, "days": 86400}
MOST_UNITS = 5000

# What stands beside an operator: a list of choices, a text, "3 hours", a day, or nothing.
WANTS = {
    "is": "many",
    "is_not": "many",
    "contains": "text",
    "lacks": "text",
    "within": "span",
    "beyond": "span",
    "after": "day",
    "before": "day",
    "yes": "",
    "no": "",
}


@dataclass(frozen=True)
class Asked:
    """Who looks, and when: "me", "my teams" and "in the last three hours" mean something else to each."""

    member_id: int
    now: datetime
    # The message that a rule looks at (an id or an expression); None: the last that the customer wrote.
    message: Any = None


@dataclass(frozen=True)
class Field:
    """One thing that can be asked about. `choices` names the list it is chosen from."""

    key: str
    ops: tuple[str, ...]
    find: Callable[[str, Any, Asked], Q]
    choices: str = ""


def to_q(conditions: dict, asked: Asked, fields: "dict[str, Field] | None" = None) -> Q:
    """The conditions as a filter on conversations. Inside the scope; conditions as `clean` gave them.

    `fields`: the closed list they were cleaned by, when it is another than that of views.
    """
    return reduce(or_, (_all_of(group["all"], asked, fields or FIELDS) for group in conditions["any"]))


def _all_of(lines: list[dict], asked: Asked, fields: "dict[str, Field]") -> Q:
    found = Q()
    for line in lines:
        found &= fields[line["field"]].find(line["op"], line.get("value"), asked)
    return found


# ── Fields ──


def _either(op: str, found: Q) -> Q:
    return ~found if op in ("is_not", "lacks", "no") else found


def _one_of(column: str) -> Callable:
    return lambda op, value, asked: _either(op, Q(**{f"{column}__in": value}))


def _text(column: str) -> Callable:
    return lambda op, value, asked: _either(op, Q(**{f"{column}__icontains": value}))


def _contact(**found) -> Q:
    """A subquery, not a join: beside another line that needs the contact, a join would lose who has none when negated."""
    return Q(Exists(Contact.objects.filter(pk=OuterRef("contact"), **found)))


def _contact_text(column: str) -> Callable:
    return lambda op, value, asked: _either(op, _contact(**{f"{column}__icontains": value}))


def _contact_one_of(column: str) -> Callable:
    return lambda op, value, asked: _either(op, _contact(**{f"{column}__in": value}))


def _members(value: list[str], asked: Asked) -> set[int]:
    return {whole(one) for one in value} | ({asked.member_id} if "me" in value else set())


def _assignee(op: str, value: list[str], asked: Asked) -> Q:
    """`me`, `nobody` or the number of a member; what a team has is not nobody's."""
    found = Q(assignee__in=_members(value, asked))
    return _either(op, found | Q(assignee=None, team=None) if "nobody" in value else found)


def _owner(op: str, value: list[str], asked: Asked) -> Q:
    """The same of the contact; nobody owns one that is not known."""
    found = _contact(owner__in=_members(value, asked))
    return _either(op, found | ~_contact(owner__isnull=False) if "nobody" in value else found)


def _team(op: str, value: list[str], asked: Asked) -> Q:
    found = Q(team__in=[whole(one) for one in value])
    if "mine" in value:
        found |= Q(team__in=TeamMember.objects.filter(member=asked.member_id).values("team"))
    return _either(op, found)


def _label(op: str, value: list[str], asked: Asked) -> Q:
    marks = ConversationLabel.objects.filter(
        conversation=OuterRef("pk"), label__in=[int(one) for one in value]
    )
    return _either(op, Q(Exists(marks)))


def _moment(column: str) -> Callable:
    """What never was is neither within nor beyond, neither after nor before."""

    def find(op: str, value: Any, asked: Asked) -> Q:
        if op in ("yes", "no"):
            return _either(op, Q(**{f"{column}__isnull": False}))
        if op in ("within", "beyond"):
            edge = asked.now - timedelta(seconds=value["n"] * UNITS[value["unit"]])
            return Q(**{f"{column}__gte" if op == "within" else f"{column}__lt": edge})
        edge = make_aware(datetime.combine(parse_date(value), datetime.min.time()))
        return Q(**{f"{column}__gte" if op == "after" else f"{column}__lt": edge})

    return find


def _unread(op: str, value: None, asked: Asked) -> Q:
    read = ReadMark.objects.filter(
        conversation=OuterRef("pk"), member=asked.member_id, seq__gte=OuterRef("last_inbound_seq")
    )
    return _either(op, Q(last_inbound_seq__gt=0) & ~Q(Exists(read)))


def _draft(op: str, value: None, asked: Asked) -> Q:
    mine = Draft.objects.filter(conversation=OuterRef("pk"), member=asked.member_id)
    return _either(op, Q(Exists(mine)))


def _email(op: str, value: str, asked: Asked) -> Q:
    theirs = ContactAddress.objects.filter(contact=OuterRef("contact"), kind="email", value__icontains=value)
    return _either(op, Q(Exists(theirs)))


def _known(op: str, value: None, asked: Asked) -> Q:
    return _either(op, Q(contact__isnull=False))


CHOICE, TEXT, YES_NO = ("is", "is_not"), ("contains", "lacks"), ("yes", "no")
TIME = ("within", "beyond", "after", "before")


class Fields(dict[str, Field]):
    """The closed list, and beside it the keys of properties that a workspace made for itself."""

    def __missing__(self, key: str) -> Field:
        found = own(key)
        if found is None:
            raise KeyError(key)
        ops, find = found
        return Field(key, ops, find, f"own:{key}" if ops == CHOICE else "")

    def get(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            return default


FIELDS: dict[str, Field] = Fields(
    {
        field.key: field
        for field in (
            Field("status", CHOICE, _one_of("status"), "statuses"),
            Field("inbox", CHOICE, _one_of("inbox"), "inboxes"),
            Field("kind", CHOICE, _one_of("channel_kind"), "kinds"),
            Field("channel", CHOICE, _one_of("channel"), "channels"),
            Field("assignee", CHOICE, _assignee, "people"),
            Field("team", CHOICE, _team, "teams"),
            Field("label", CHOICE, _label, "labels"),
            Field("priority", CHOICE, _one_of("priority"), "priorities"),
            Field("created", TIME, _moment("created_at")),
            Field("activity", TIME, _moment("last_activity_at")),
            Field("waiting", (*YES_NO, "beyond", "within"), _moment("waiting_since")),
            Field("language", CHOICE, _one_of("language"), "languages"),
            Field("unread", YES_NO, _unread),
            Field("draft", YES_NO, _draft),
            Field("subject", TEXT, _text("subject")),
            Field("contact_known", YES_NO, _known),
            Field("contact_name", TEXT, _text("contact_name")),
            Field("contact_email", TEXT, _email),
            Field("contact_company", TEXT, _text("contact_org")),
            Field("contact_owner", CHOICE, _owner, "people"),
            Field("contact_language", CHOICE, _contact_one_of("language"), "languages"),
            Field("contact_city", TEXT, _contact_text("city")),
        )
    }
)

# ── Of rooms above ──


@dataclass(frozen=True)
class Extra:
    """A field that a room above adds: what it is called, and what it is chosen from (asked with the member who looks)."""

    field: Field
    label: Any
    choices: Callable[[Any], list[tuple[str, Any]]] | None = None


EXTRAS: dict[str, Extra] = {}


def register(extra: Extra) -> None:
    """At start. A room's fields begin with its word and an underscore, which gathers them in the builder's list."""
    EXTRAS[extra.field.key] = extra
    FIELDS[extra.field.key] = extra.field


moment = _moment

# ── Cleaning ──

_NUMBERS = {"inboxes", "channels", "labels"}
_CLOSED = {"statuses": Status.values, "priorities": Priority.values}
_WORDS = {"people": {"me", "nobody"}, "teams": {"mine"}}


def clean(raw: Any, fields: dict[str, Field] | None = None) -> dict:
    """Conditions as they may be kept. Raises ValidationError in words for a person."""
    known = FIELDS if fields is None else fields
    groups = [_list(group, "all", MOST_LINES) for group in _list(raw, "any", MOST_GROUPS)]
    return {"any": [{"all": [_line(line, known) for line in lines]} for lines in groups]}


def _list(raw: Any, name: str, most: int) -> list:
    inside = raw.get(name) if isinstance(raw, dict) else None
    if not isinstance(inside, list) or not inside:
        raise ValidationError(_("Add at least one condition."))
    if len(inside) > most:
        raise ValidationError(_("These are too many conditions for one view."))
    return inside


def _line(raw: Any, fields: dict[str, Field]) -> dict:
    field = fields.get(str(raw.get("field"))) if isinstance(raw, dict) else None
    if field is None or raw.get("op") not in field.ops:
        raise ValidationError(_("A condition is not one of those that can be asked."))
    op, value = raw["op"], raw.get("value")
    cleaned = {"field": field.key, "op": op}
    wanted = {"many": _many, "text": _words, "span": _span, "day": _day}.get(WANTS[op])
    return cleaned | {"value": wanted(field, value)} if wanted else cleaned


def _many(field: Field, value: Any) -> list[str]:
    chosen = sorted({str(one) for one in value}) if isinstance(value, list) else []
    if not chosen or len(chosen) > MOST_VALUES or not all(_fits(field, one) for one in chosen):
        raise ValidationError(_("Choose at least one of the list."))
    return chosen


def _fits(field: Field, one: str) -> bool:
    number = one.isascii() and one.isdigit() and len(one) <= 18
    if field.choices in _NUMBERS:
        return number
    if field.choices in _WORDS:
        return number or one in _WORDS[field.choices]
    if field.choices in _CLOSED:
        return one in _CLOSED[field.choices]
    longest = 100 if field.choices.startswith("own:") else 20
    return 0 < len(one) <= longest and one.isprintable()


def _words(field: Field, value: Any) -> str:
    text = " ".join(str(value or "").replace("\0", "").split())
    if not text or len(text) > LONGEST:
        raise ValidationError(_("Write what to look for."))
    return text


def _span(field: Field, value: Any) -> dict:
    n = str(value.get("n", "")) if isinstance(value, dict) else ""
    number = n.isascii() and n.isdigit() and len(n) <= 4
    if not number or not 0 < int(n) <= MOST_UNITS or value.get("unit") not in UNITS:
        raise ValidationError(_("Say how long, as a whole number."))
    return {"n": int(n), "unit": value["unit"]}


def _day(field: Field, value: Any) -> str:
    try:
        day = parse_date(str(value))
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year <= 9000:
        raise ValidationError(_("Choose a day."))
    return day.isoformat()
