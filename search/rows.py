"""What was found as rows of a list, each leading to the place in the thread where it was found."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from conversations.queries import Row, rows_for
from search.language import Hint
from search.queries import Match
from search.snippets import Snippet, marked_heads, snippets_of
from search.words import Marking
from workspaces.models import Member

# A thread opens with its last messages; an older one is reached by the sequence that stands behind it.
SHOWN_AT_ONCE, AFTER_IT = 200, 20


def rows_of_matches(matches: list[Match], marking: Marking, member: Member) -> list[Row]:
    snippets = snippets_of(matches, marking, member)
    rows = rows_for([match.conversation for match in matches], member)
    told = mark_heads(rows, marking, member) if any(match.entry for match in matches) else set()
    for row, match in zip(rows, matches, strict=True):
        row.draft = ""
        entry = match.entry
        found = snippets.get((entry.kind, entry.source_id)) if entry else None
        row.url = address_of(match, found, row.url, member.workspace.slug)
        if found:
            show(row, found, is_told=row.pk in told)
        if entry:
            row.last_activity_at = entry.created_at
    return rows


def mark_heads(rows: list[Row], marking: Marking, member: Member) -> set[int]:
    """Mark what was looked for in subjects and names; the rows that say so why they were found."""
    subjects = marked_heads([row.subject for row in rows], marking.subject, member)
    names = marked_heads(
        [text for row in rows for text in (row.contact_name, row.org)], marking.names, member
    )
    told = set()
    for row, subject, name, org in zip(rows, subjects, names[::2], names[1::2], strict=True):
        if any("<mark>" in head for head in (subject, name, org)):
            told.add(row.pk)
        # The pictures of the rows are drawn from plain names.
        row.subject, row.name_html, row.org = subject, name, org
    return told


def show(row: Row, found: Snippet, *, is_told: bool) -> None:
    """The place that matched stands where the last message stood."""
    said = found.html
    if found.beside and not found.is_marked and not is_told:
        said = found.beside
    if said:
        row.preview, row.preview_kind = said, found.how if found.how in ("in", "out", "comment") else "in"


def address_of(match: Match, found: Snippet | None, url: str, slug: str) -> str:
    if not found or not found.anchor:
        return url
    if found.seq and match.conversation.last_seq - found.seq >= SHOWN_AT_ONCE:
        shown = reverse("conversations:show", args=[slug, "open", match.conversation.pk])
        url = f"{shown}?{urlencode({'before': found.seq + AFTER_IT})}"
    return f"{url}#{found.anchor}"


def hint_text(hint: Hint) -> str:
    names = {"operator": f"{hint.name}:", "value": hint.value}
    if not hint.knows_name:
        return _("“%(operator)s” is no operator here, so it was looked for as a word.") % names
    if hint.name == "is":
        return _("“is:” knows open, closed, snoozed, unassigned, spam and trash, not “%(value)s”.") % names
    if hint.name == "has":
        return _("“has:” knows attachment, not “%(value)s”.") % names
    return (
        _("“%(operator)s” takes a day such as 2026-05-01, a month, a year, or 7d; not “%(value)s”.") % names
    )
