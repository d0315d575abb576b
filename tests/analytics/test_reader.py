"""The reader: facts of a made world are those that plain SQL finds; read twice, in pieces or from zero, they are the same."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from analytics import again, anew, numbers, reader, reconcile, where
from analytics.dimensions import ALL
from analytics.models import Fact, Reading, Rollup, SubjectRead
from analytics.numbers import Kind, Scope
from contacts.models_lists import ContactList, ListMember
from conversations.models import Conversation
from tests.analytics import oracle

pytestmark = pytest.mark.django_db
COLUMNS = [
    "kind",
    "subject_id",
    "at",
    "seconds",
    "worked",
    "member_id",
    "team_id",
    "inbox_id",
    "page",
    "country",
]
NUMBERS = ["n", "total", "calendar_total", "worked_total"]
HISTOGRAMS = ["hours", "calendar", "worked", "scores"]
ROLLED = ["kind", "at", "inbox_id", "channel_id", "channel_kind", "by", "value", *NUMBERS, *HISTOGRAMS]


def all_facts() -> Counter:
    columns = [field.attname for field in Fact._meta.fields if field.attname not in ("id", "labels")]
    return Counter(Fact.objects.values_list(*columns))


def all_rollups() -> Counter:
    """As much of what each bucket holds as if it were a row of its own: a histogram's numbers are told by their order."""
    rows = Rollup.objects.values_list(*ROLLED)
    return Counter((*row[:-4], *(tuple(one or ()) for one in row[-4:])) for row in rows)


def read_all(workspace) -> None:
    reader.read(workspace.pk)
    while again.go_on(workspace.pk):
        pass


@pytest.fixture(scope="module")
def read(world, django_db_blocker):
    with django_db_blocker.unblock():
        read_all(world.workspace)
    return world


def test_facts_are_what_plain_sql_finds(read):
    """AN-5, every kind, with member, team, inbox, page and country."""
    known = Counter()
    for one in oracle.everything():
        if one.kind.startswith(("ticket", "sla")):
            continue
        parts = one.parts
        where = (parts["member"], parts["team"], parts["inbox"], parts["page"], parts["country"])
        known[(one.kind, one.subject, one.at, one.seconds, *where)] += 1
    found = Counter(
        (kind, pk, at, seconds, *where)
        for kind, pk, at, seconds, _worked, *where in Fact.objects.filter(subject="c").values_list(*COLUMNS)
    )
    assert sum(known.values()) > 1000
    missing, wrong = known - found, found - known
    told = "\n".join(map(str, sorted([*missing, *wrong])[:10]))
    assert not missing and not wrong, told


def test_working_hours_are_those_of_the_oracle(read):
    """AN-5: what lies within the timetable, of every duration."""
    known = {
        (one.kind, one.subject, one.at): one.worked for one in oracle.everything() if one.worked is not None
    }
    facts = Fact.objects.filter(subject="c", worked__isnull=False).exclude(kind=Kind.SETTLED)
    found = {
        (kind, pk, at): worked
        for kind, pk, at, worked in facts.values_list("kind", "subject_id", "at", "worked")
    }
    assert found and {key: worked for key, worked in known.items() if key in found} == found


def test_read_twice_and_from_zero_it_is_the_same(read):
    """AN-6: nothing depends on what was there, nor on how often or in which pieces the log is read."""
    facts, summed = all_facts(), all_rollups()
    assert again_everything(read.workspace) == (facts, summed)
    for model in (Fact, Rollup, SubjectRead, Reading):
        model.objects.all().delete()
    read_all(read.workspace)
    assert (all_facts(), all_rollups()) == (facts, summed)


def again_everything(workspace) -> tuple[Counter, Counter]:
    again.ask(workspace.pk)
    while again.go_on(workspace.pk):
        pass
    return all_facts(), all_rollups()


def test_event_by_event_it_is_the_same(read, monkeypatch):
    """An installation that was there from the first day on: small pieces of the log, one after the other."""
    facts, summed = all_facts(), all_rollups()
    for model in (Fact, Rollup, SubjectRead):
        model.objects.all().delete()
    Reading.objects.update(event_id=0)
    monkeypatch.setattr(reader, "EVENTS", 97)
    monkeypatch.setattr(reader, "SUBJECTS", 13)
    reader.read(read.workspace.pk, seconds=120)
    assert all_facts() == facts
    assert all_rollups() == summed
    assert reader.read(read.workspace.pk) == 0


def test_roll_ups_are_the_facts_added_up(read):
    """What batches added (Python), and everything added up at once (SQL), are the same rows; drift is seen and mended."""
    summed = all_rollups()
    assert len(summed) > 2000
    pk = read.workspace.pk
    Reading.objects.get().begin_anew()
    while anew.go_on(pk):
        pass
    assert all_rollups() == summed
    assert (
        reconcile.compare_rollups(pk, "Europe/Paris", date(2025, 1, 1), date(2026, 12, 31), at_once=2000)
        == []
    )
    read.workspace.time_zone = "America/New_York"
    read.workspace.save()
    while anew.go_on(pk):
        pass
    elsewhere = all_rollups()
    assert elsewhere != summed
    again_everything(read.workspace)
    assert all_rollups() == elsewhere  # another zone: other days, from the same facts


def test_drift_is_told_and_mended(read):
    """The nightly look: a wrong roll-up, a fact too many, one too few."""
    workspace, summed, facts = read.workspace, all_rollups(), all_facts()
    last = Fact.objects.filter(kind=Kind.REPLY).order_by("-at").first()
    today = last.at.date()
    assert reconcile.look(workspace.pk, today=today).drift == [] == reconcile.latest().drift
    Rollup.objects.filter(kind=Kind.REPLY, by="").order_by("-at")[:1].get().delete()
    found = reconcile.look(workspace.pk, today=today)
    assert [(one["what"], one["kind"], one["kept"]) for one in found.drift] == [("rollups", "reply", 0)]
    assert reconcile.latest().drift == found.drift
    last.delete()
    kinds = {one["kind"] for one in reconcile.look(workspace.pk, today=today).drift}
    assert kinds == {"reply"}
    assert (all_rollups(), all_facts()) == (summed, facts)
    assert reconcile.look(workspace.pk, today=today).drift == []


# ── Numbers ──


KINDS = [
    Kind.CREATED,
    Kind.CLOSED,
    Kind.RESPONSE,
    Kind.FIRST_RESPONSE,
    Kind.RATED,
    Kind.BOT_STARTED,
    Kind.TICKET_CREATED,
]
BYS = ["", *ALL]
GRAINS = ["", "hour", "day", "week", "month", "weekday_hour"]


def some_scope(chance: random.Random) -> Scope:
    first = date(2026, 1, 1) + timedelta(days=chance.randrange(300))
    scope = Scope(
        first,
        first + timedelta(days=chance.choice([0, 6, 30, 200])),
        "Europe/Paris",
        clock=chance.choice("cw"),
    )
    chosen = {}
    for dimension in chance.sample(list(ALL.values()), chance.choice([0, 1, 1, 2, 3])):
        if dimension.key == "label":
            known = {one for labels in Fact.objects.values_list("labels", flat=True) for one in labels}
        else:
            known = set(Fact.objects.values_list(dimension.column, flat=True)) - {0, ""}
        if known:
            chosen[dimension.filter] = tuple(
                chance.sample(sorted(known), min(len(known), chance.choice([1, 2])))
            )
    return replace(scope, week_starts=chance.choice([0, 6]), **chosen)


@pytest.mark.parametrize("seed", range(5))
def test_a_number_and_what_is_behind_it_agree(read, seed, monkeypatch):
    """Each cell is as long as the list it opens; and roll-ups say what facts say."""
    chance = random.Random(seed)
    for _round in range(6):
        scope, by, grain = some_scope(chance), chance.choice(BYS), chance.choice(GRAINS)
        cells = numbers.counts(scope, KINDS, by=by, grain=grain)
        spreads = numbers.spreads(scope, KINDS, by=by, grain=grain)
        votes = numbers.scores(scope, by=by, grain=grain)
        for cell in chance.sample(cells, min(4, len(cells))):
            there = numbers.behind(scope, cell.kind, by=by, value=cell.by, at=cell.at, grain=grain)
            assert there.count() == cell.n, (scope, cell)
        for cell in chance.sample(spreads, min(2, len(spreads))):
            bucket = chance.choice(list(cell.histogram.counts))
            there = numbers.behind(
                scope, cell.kind, by=by, value=cell.by, at=cell.at, grain=grain, bucket=bucket
            )
            if cell.kind != Kind.RATED:
                assert there.count() == cell.histogram.counts[bucket], (scope, cell)
        with monkeypatch.context() as patch:
            patch.setattr(where, "rollups_of", lambda *_args: None)
            assert numbers.counts(scope, KINDS, by=by, grain=grain) == cells, (scope, by, grain)
            assert numbers.spreads(scope, KINDS, by=by, grain=grain) == spreads, (scope, by, grain)
            assert numbers.scores(scope, by=by, grain=grain) == votes, (scope, by, grain)


def test_every_question_is_one_query(read, django_assert_num_queries):
    scope = Scope(date(2026, 1, 1), date(2026, 12, 31), "Europe/Paris")
    for asked in (scope, replace(scope, members=tuple(read.cast.members[:2]), pages=("/lamps/oak",))):
        with django_assert_num_queries(4):
            numbers.counts(asked, KINDS, by="team", grain="week")
            numbers.spreads(asked, KINDS, by="member")
            numbers.scores(asked)
            numbers.backlog(asked)
    cells = numbers.counts(scope, [Kind.REPLY], by="member")
    with django_assert_num_queries(1):
        assert all(numbers.names(cells, "member").values())


def test_backlog_is_what_stands_open(read):
    """At the last day's end: as many as are open now; by person, what is theirs now."""
    scope = Scope(date(2026, 11, 1), date(2027, 3, 1), "Europe/Paris")
    standing = Conversation.objects.present().exclude(status="closed")
    assert numbers.backlog(scope)[-1] == (scope.last, standing.count())
    assert numbers.backlog(scope, grain="month")[-1] == (date(2027, 3, 1), standing.count())
    owner = standing.exclude(assignee=None).values_list("assignee", flat=True)[0]
    theirs = numbers.backlog(replace(scope, members=(owner,)))
    assert theirs[-1][1] == standing.filter(assignee=owner).count()


def test_filtered_by_lists_of_contacts(read):
    """AN-5: conversations and tickets of whoever is on one of the lists now; also what stands open, and the list behind."""
    first = ContactList.objects.create(workspace=read.workspace, name="Guests")
    second = ContactList.objects.create(workspace=read.workspace, name="Nobody")
    some = (
        Conversation.objects.exclude(contact=None)
        .order_by("pk")
        .values_list("contact", flat=True)
        .distinct()[:5]
    )
    for contact in set(some):
        ListMember.objects.create(workspace=read.workspace, contact_list=first, contact_id=contact)
    theirs = set(Conversation.objects.filter(contact__in=list(some)).values_list("pk", flat=True))
    scope = Scope(date(2026, 1, 1), date(2026, 12, 31), "Europe/Paris", lists=(first.pk, second.pk))
    right = Fact.objects.filter(subject="c", subject_id__in=theirs, kind=Kind.CREATED).count()
    [cell] = numbers.counts(scope, [Kind.CREATED])
    assert (cell.n, numbers.behind(scope, Kind.CREATED).count()) == (right, right) and right
    by_member = numbers.counts(scope, [Kind.CREATED], by="member")
    assert sum(one.n for one in by_member) == right
    answers = Fact.objects.filter(subject="c", subject_id__in=theirs, kind=Kind.RESPONSE).count()
    assert sum(one.n for one in numbers.spreads(scope, [Kind.RESPONSE], grain="week")) == answers
    standing = Conversation.objects.present().exclude(status="closed").filter(pk__in=theirs)
    assert numbers.backlog(replace(scope, last=date(2027, 3, 1)))[-1][1] == standing.count()
    assert numbers.counts(replace(scope, lists=(second.pk,)), [Kind.CREATED]) == []
