"""The lines that say why something was found: the words around the match, marked. Only for the page that is shown."""

from dataclasses import dataclass

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from search.queries import Match
from search.words import SIMPLE, Expression, config_of
from workspaces.models import Member
from workspaces.scope import current_workspace_id

# Signs of a private area, which no keyboard writes; those that a text brings along are taken out of it.
OPEN, CLOSE = "\ue000", "\ue001"
OPTIONS = f"StartSel={OPEN}, StopSel={CLOSE}, MaxWords=26, MinWords=12, ShortWord=2, MaxFragments=1"
LONGEST = 20_000

STATEMENT = """
WITH picked AS (SELECT * FROM unnest(%s::smallint[], %s::bigint[]) AS p(kind, id)), texts AS (
    SELECT p.kind, p.id, m.seq, m.direction AS how, 'message-' || m.id AS anchor, m.body AS text
    FROM picked p JOIN conversations_message m ON m.id = p.id AND m.workspace_id = %s WHERE p.kind = 1
    UNION ALL
    SELECT p.kind, p.id, 0, 'comment', 'comment-' || c.id, c.body
    FROM picked p JOIN conversations_comment c ON c.id = p.id AND c.workspace_id = %s WHERE p.kind = 2
    UNION ALL
    SELECT p.kind, p.id, coalesce(m.seq, 0), 'file',
        CASE WHEN f.comment_id IS NULL THEN 'message-' || f.message_id ELSE 'comment-' || f.comment_id END, f.name
    FROM picked p JOIN conversations_attachment f ON f.id = p.id AND f.workspace_id = %s
    LEFT JOIN conversations_message m ON m.id = f.message_id WHERE p.kind = 3
    UNION ALL
    SELECT p.kind, p.id, 0, 'person', '', concat_ws(' ', nullif(q.name, ''), q.address)
    FROM picked p JOIN conversations_participant q ON q.id = p.id AND q.workspace_id = %s WHERE p.kind = 4
    UNION ALL
    SELECT p.kind, p.id, 0, 'subject', '', c.subject
    FROM picked p JOIN conversations_conversation c ON c.id = p.id AND c.workspace_id = %s WHERE p.kind = 5
), clean AS (SELECT *, translate(left(text, %s), %s, '') AS said FROM texts)
SELECT kind, id, seq, how, anchor,
    ts_headline(%s::regconfig, said, {words}, %s), ts_headline(%s::regconfig, said, {words}, %s)
FROM clean
"""


@dataclass(frozen=True, slots=True)
class Snippet:
    """`how`: in, out, comment, file, person, subject. `seq` is that of the message it hangs on, 0 for none."""

    html: SafeString
    how: str
    anchor: str
    seq: int
    is_marked: bool


def snippets_of(matches: list[Match], words: Expression, member: Member) -> dict[tuple[int, int], Snippet]:
    """By (kind, source id): one statement for the whole page. What was deleted meanwhile is missing."""
    entries = [match.entry for match in matches if match.entry]
    if not entries:
        return {}
    sql, given = words
    kinds, ids = [entry.kind for entry in entries], [entry.source_id for entry in entries]
    house, config = current_workspace_id(), config_of(member.workspace.language)
    values = [
        kinds,
        ids,
        *[house] * 5,
        LONGEST,
        OPEN + CLOSE,
        SIMPLE,
        *given,
        OPTIONS,
        config,
        *given,
        OPTIONS,
    ]
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT.format(words=sql), values)
        return {(kind, pk): snippet(*rest) for kind, pk, *rest in cursor.fetchall()}


def snippet(seq: int, how: str, anchor: str, as_written: str, by_stem: str) -> Snippet:
    best = max(as_written, by_stem, key=lambda text: text.count(OPEN))
    return Snippet(marked(best), how, anchor, seq, OPEN in best)


def marked(text: str) -> SafeString:
    """What somebody wrote, escaped; only then do the marks become elements."""
    html = escape(" ".join(text.split()))
    return mark_safe(html.replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))  # noqa: S308  escaped just above
