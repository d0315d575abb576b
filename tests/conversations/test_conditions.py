"""VW-3: what a saved view finds is what its conditions say, whatever they are: the filter against plain Python."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import Contact, ContactAddress
from conversations.conditions import EXTRAS, FIELDS, UNITS, WANTS, Asked, clean, to_q
from conversations.models import Conversation, ConversationLabel, Draft, Label, ReadMark
from tests.factories import make_conversation
from workspaces.models import Team

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TEXTS = ["", "Lamp", "100% lamp_a", "back\\slash", "Été"]
MOMENTS = [None, NOW, NOW - timedelta(hours=3), NOW - timedelta(days=9), datetime(2026, 3, 1, tzinfo=UTC)]


@pytest.fixture
def world(acme, ada, ben):
    """Fourteen conversations that differ in everything that can be asked, and what Python knows of each."""
    with acme.scope():
        teams = [Team.objects.create(name=name) for name in ("Desk", "Trade")]
        teams[0].members.add(ben, through_defaults={"workspace_id": acme.workspace.pk})
        labels = [Label.objects.create(name=name) for name in ("Warranty", "Quote")]
        facts = {}
        for n in range(14):
            fact = _make(acme, n, [ada, ben], teams, labels)
            facts[fact["pk"]] = fact
        yield {"facts": facts, "me": ben, "own_teams": {str(teams[0].pk)}, "choices": _choices(facts)}


# Not those of rooms above: they have tests of their own.
OWN = [field for key, field in FIELDS.items() if key not in EXTRAS]


def _make(house, n: int, people, teams, labels) -> dict:
    one = make_conversation(house, f"Words {n}", address=f"p{n}@{'pine' if n % 2 else 'oak'}.example")
    owner = [None, *people][n % 3]
    given = [(None, None), (people[0], None), (people[1], None), (None, teams[0]), (None, teams[1])][n % 5]
    columns = {
        "status": ["open", "closed"][n % 2],
        "closed_at": [None, NOW][n % 2],
        "language": ["", "en", "fr"][n % 3],
        "priority": ["normal", "urgent", "low"][n % 3],
        "subject": TEXTS[n % 5],
        "contact_name": TEXTS[(n + 1) % 5],
        "contact_org": TEXTS[(n + 2) % 5],
        "created_at": MOMENTS[1 + n % 4],
        "last_activity_at": MOMENTS[1 + (n + 1) % 4],
        "waiting_since": MOMENTS[n % 5],
        "assignee": given[0],
        "team": given[1],
    }
    about = {"language": ["fr", ""][n % 2], "city": TEXTS[(n + 3) % 5], "owner": owner}
    contact = None
    if n % 4:
        contact = Contact.objects.get(pk=one.contact_id) if one.contact_id else Contact.objects.create()
        Contact.objects.filter(pk=contact.pk).update(**about)
        ContactAddress.objects.get_or_create(contact=contact, kind="email", value=f"p{n}@more.example")
    Conversation.objects.filter(pk=one.pk).update(**columns, contact=contact)
    if n % 3 == 0:
        ReadMark.objects.update_or_create(conversation=one, member=people[1], defaults={"seq": 99})
    if n % 4 == 1:
        Draft.objects.create(conversation=one, member=people[n // 4 % 2], mode="reply", body="Dear")
    marks = [label for at, label in enumerate(labels) if n >> at & 1]
    for label in marks:
        ConversationLabel.objects.create(conversation=one, label=label)
    emails = ContactAddress.objects.filter(contact=contact, kind="email") if contact else []
    return {
        "pk": one.pk,
        "status": columns["status"],
        "inbox": str(one.inbox_id),
        "kind": one.channel_kind,
        "channel": str(one.channel_id),
        "assignee": str(given[0].pk) if given[0] else None,
        "team": str(given[1].pk) if given[1] else None,
        "label": {str(label.pk) for label in marks},
        "created": columns["created_at"],
        "activity": columns["last_activity_at"],
        "waiting": columns["waiting_since"],
        "language": columns["language"],
        "priority": columns["priority"],
        "unread": n % 3 != 0,
        "draft": n % 4 == 1 and n // 4 % 2 == 1,
        "subject": columns["subject"],
        "contact_known": contact is not None,
        "contact_name": columns["contact_name"],
        "contact_email": [row.value for row in emails],
        "contact_company": columns["contact_org"],
        "contact_owner": str(owner.pk) if contact and owner else None,
        "contact_language": about["language"] if contact else None,
        "contact_city": about["city"] if contact else "",
    }


def _choices(facts: dict) -> dict[str, list[str]]:
    """For each field that is chosen from a list: what occurs, and something that does not."""
    chosen: dict[str, set[str]] = {}
    for fact, field in product(facts.values(), OWN):
        if field.choices:
            held = fact[field.key]
            chosen.setdefault(field.key, {"999999"}).update(held if isinstance(held, set) else {held or "en"})
    chosen["status"] = {"open", "snoozed", "closed"}
    chosen["priority"] = {"low", "normal", "high", "urgent"}
    for key in ("assignee", "contact_owner"):
        chosen[key] = chosen[key] - {"en"} | {"me", "nobody"}
    chosen["team"] = chosen["team"] - {"en"} | {"mine"}
    return {key: sorted(values) for key, values in chosen.items()}


# ── The same in plain Python ──


def meets(fact: dict, line: dict, world: dict) -> bool:
    key, op, value = line["field"], line["op"], line.get("value")
    held = fact[key]
    if op in ("within", "beyond", "after", "before"):
        return _in_time(held, op, value)
    if op in ("yes", "no"):
        return bool(held) == (op == "yes")
    if op in ("contains", "lacks"):
        texts = held if isinstance(held, list) else [held]
        return any(value.lower() in text.lower() for text in texts) == (op == "contains")
    return _chosen(fact, key, set(value), world) == (op == "is")


def _in_time(held, op: str, value) -> bool:
    if held is None:
        return False
    if op in ("within", "beyond"):
        return (held >= NOW - timedelta(seconds=value["n"] * UNITS[value["unit"]])) == (op == "within")
    return (held.date() >= date.fromisoformat(value)) == (op == "after")


def _chosen(fact: dict, key: str, value: set[str], world: dict) -> bool:
    held = fact[key]
    if key == "label":
        return bool(held & value)
    if "nobody" in value and held is None and not (key == "assignee" and fact["team"]):
        return True
    if "me" in value:
        value = value | {str(world["me"].pk)}
    if "mine" in value:
        value = value | world["own_teams"]
    return held in value


# ── Any conditions ──


def lines(choices: dict) -> st.SearchStrategy:
    values = {
        "text": st.sampled_from(["lamp", "%", "_", "\\", "été", "pine", "oak.ex", "more", "zzz", "100% l"]),
        "span": st.fixed_dictionaries({"n": st.integers(1, 300), "unit": st.sampled_from(sorted(UNITS))}),
        "day": st.dates(date(2026, 2, 27), date(2026, 3, 12)).map(str),
    }

    def line(pair) -> st.SearchStrategy:
        field, op = pair
        about = {"field": st.just(field.key), "op": st.just(op)}
        if WANTS[op] == "many":
            about["value"] = st.lists(st.sampled_from(choices[field.key]), min_size=1, max_size=3)
        elif WANTS[op]:
            about["value"] = values[WANTS[op]]
        return st.fixed_dictionaries(about)

    return st.sampled_from([(field, op) for field in OWN for op in field.ops]).flatmap(line)


def test_a_filter_finds_what_its_conditions_say(world, settings_of_time):
    groups = st.lists(st.lists(lines(world["choices"]), min_size=1, max_size=3), min_size=1, max_size=3)

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(groups)
    def holds(drawn) -> None:
        conditions = clean({"any": [{"all": group} for group in drawn]})
        found = Conversation.objects.filter(to_q(conditions, Asked(world["me"].pk, NOW)))
        expected = {
            pk
            for pk, fact in world["facts"].items()
            if any(all(meets(fact, line, world) for line in group["all"]) for group in conditions["any"])
        }
        assert set(found.values_list("pk", flat=True)) == expected
        assert found.count() == len(expected)  # nothing twice

    holds()


@pytest.fixture
def settings_of_time(settings):
    """Days begin at midnight of one zone."""
    settings.TIME_ZONE = "UTC"
