"""One page of what was found: entries newest first, looked at again by what the member may read."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import connection
from django.db.models import Q

from conversations.models import Conversation
from search.filters import findable, since_of, until_of
from search.language import Query
from search.words import Expression, config_of, place_expression, term_expression, words_expression
from workspaces import numbers
from workspaces.models import Member
from workspaces.scope import current_workspace_id

PAGE = 30
# How many entries are looked at for one page. A filter that leaves next to nothing over ends in a short page with a
# way on, never in a page that takes for ever.
ROUNDS = (120, 600, 3000)
# Conversations that are fetched first: a page and a few that somebody may not see.
FETCHED = 40
ALWAYS = datetime(1, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ends, in the order of entries: newest first."""

    at: datetime
    source_id: int
    kind: int

    def __str__(self):
        return f"{self.at.isoformat()}_{self.source_id}_{self.kind}"


START = Cursor(NEVER, 0, 0)


@dataclass(frozen=True, slots=True)
class Entry:
    conversation_id: int
    kind: int
    source_id: int
    created_at: datetime
    rank: float = 0.0

    def cursor(self) -> Cursor:
        return Cursor(self.created_at, self.source_id, self.kind)


@dataclass(frozen=True, slots=True)
class Match:
    """A conversation, and the entry that shows best why it was found (None: no words were asked for)."""

    conversation: Conversation
    entry: Entry | None = None


@dataclass(frozen=True)
class Found:
    matches: list[Match] = field(default_factory=list)
    next: str = ""


def read_cursor(text: str) -> Cursor | None:
    """The `next` of an earlier page; None for a bad one, which begins anew."""
    at, _sep, rest = text.partition("_")
    source, _sep, kind = rest.partition("_")
    moment = numbers.moment(at)
    if moment is None or not (source.isdecimal() and kind.isdecimal()):
        return None
    return Cursor(moment, numbers.whole(source), min(numbers.whole(kind), 9))


def find(query: Query, member: Member, *, after: str = "") -> Found:
    """One page, within what the member may read. A bounded number of statements, whatever was asked."""
    if query.is_empty():
        return Found()
    if query.has_positive_words() or any(not place.is_negated for place in query.places):
        return Search(query, member).page(read_cursor(after))
    return listed(query, member, read_cursor(after))


def listed(query: Query, member: Member, cursor: Cursor | None) -> Found:
    """Only operators: the conversations themselves, by their last activity."""
    rows = findable(query, member)
    if query.since:
        rows = rows.filter(last_activity_at__gte=since_of(query))
    if query.until:
        rows = rows.filter(last_activity_at__lt=until_of(query))
    if cursor:
        older = Q(last_activity_at=cursor.at, pk__lt=cursor.source_id)
        rows = rows.filter(Q(last_activity_at__lt=cursor.at) | older)
    found = list(rows.newest_first().select_related("assignee")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    mark = str(Cursor(last.last_activity_at, last.pk, 0)) if last else ""
    return Found([Match(row) for row in found[:PAGE]], mark)


class Search:
    """A search for words: entries in rounds, each looked at again by rights, operators and what was shown before."""

    def __init__(self, query: Query, member: Member):
        self.query, self.member = query, member
        self.workspace_id = current_workspace_id()
        config = config_of(member.workspace.language)
        positive = [term for term in query.words if not term.is_negated]
        wanted = [place_expression(place) for place in query.places if not place.is_negated]
        # Words drive, all of them in one entry; without any, the first place does. The other places may be met, and
        # nothing unwanted may be met, by any entry of the conversation.
        self.drive = words_expression(positive, config) if positive else wanted.pop(0)
        self.wanted = wanted
        self.unwanted = [place_expression(place) for place in query.places if place.is_negated]
        self.unwanted += [term_expression(term, config) for term in query.words if term.is_negated]

    def page(self, after: Cursor | None) -> Found:
        start = self._start(after)
        at = start
        kept: dict[int, Match] = {}  # in the order in which they were found
        for round_size in ROUNDS:
            entries = self.entries(at, round_size)
            for entry, fresh in self._looked_at(entries, kept, after):
                known = kept.get(entry.conversation_id)
                if known is None and entry.conversation_id in fresh:
                    if len(kept) == PAGE:
                        return Found(list(kept.values()), str(at))
                    kept[entry.conversation_id] = Match(fresh[entry.conversation_id], entry)
                elif known and known.entry and entry.rank > known.entry.rank * 1.5:
                    kept[entry.conversation_id] = Match(known.conversation, entry)
                at = entry.cursor()
            if len(entries) < round_size:
                return Found(list(kept.values()))
            if len(kept) == PAGE:
                break
        return Found(list(kept.values()), str(at))

    def _looked_at(
        self, entries: list[Entry], kept: Collection[int], after: Cursor | None
    ) -> Iterator[tuple[Entry, dict[int, Conversation]]]:
        """Entries in their order, each with those conversations among its neighbours that may be found.

        A common word fills its page from the first of them: the others are not fetched.
        """
        begin, many = 0, FETCHED
        while begin < len(entries):
            ids: dict[int, None] = {}
            end = begin
            while end < len(entries) and len(ids) < many:
                if entries[end].conversation_id not in kept:
                    ids[entries[end].conversation_id] = None
                end += 1
            fresh = self._fresh(set(ids), after)
            yield from ((entry, fresh) for entry in entries[begin:end])
            begin, many = end, many * 4

    def _start(self, after: Cursor | None) -> Cursor:
        until = until_of(self.query)
        start = after or START
        return Cursor(until, 0, 0) if until and until < start.at else start

    def entries(self, before: Cursor, most: int) -> list[Entry]:
        sql, given = self.drive
        since = since_of(self.query) or ALWAYS
        statement = f"select * from public.search_entries(%s, {sql}, %s, %s, %s, %s::smallint, %s)"  # noqa: S608  our own expression; words are parameters
        values = [self.workspace_id, *given, since, before.at, before.source_id, before.kind, most]
        return [Entry(*row) for row in rows_of(statement, values)]

    def _fresh(self, ids: set[int], after: Cursor | None) -> dict[int, Conversation]:
        """Of these, the ones the member may find and no earlier page has shown."""
        for wanted in self.wanted:
            ids = self.matching(ids, wanted)
        for unwanted in self.unwanted:
            ids -= self.matching(ids, unwanted)
        if after:
            ids -= self.matching(ids, self.drive, newer_than=after)
        if not ids:
            return {}
        rows = findable(self.query, self.member).filter(pk__in=ids).select_related("assignee")
        return {row.pk: row for row in rows}

    def matching(self, ids: Iterable[int], words: Expression, newer_than: Cursor | None = None) -> set[int]:
        if not ids:
            return set()
        sql, given = words
        newer: list[object] = [None] * 4
        if newer_than:
            newer = [newer_than.at, newer_than.source_id, newer_than.kind, until_of(self.query)]
        statement = f"select * from public.search_matching(%s, %s::bigint[], {sql}, %s, %s, %s::smallint, %s)"  # noqa: S608  the same
        return {pk for (pk,) in rows_of(statement, [self.workspace_id, list(ids), *given, *newer])}


def rows_of(sql: str, params: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
