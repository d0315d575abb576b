"""The lines that say why something was found: the words around the match, marked. Only for the page that is shown."""

from dataclasses import dataclass

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from search.queries import Match
from search.words import SIMPLE, Expression, Marking, config_of
from workspaces.models import Member
from workspaces.scope import current_workspace_id

# Signs of a private area, which no keyboard writes; those that a text brings along are taken out of it.
OPEN, CLOSE = "\ue000", "\ue001"
# What looks like a tag would be left out, so angle brackets pass as signs that end a word and are none.
TAKEN, GIVEN = f"<>{OPEN}{CLOSE}", "\x02\x03"
BRACKETS = str.maketrans(GIVEN, "<>")
MARKS = f"StartSel={OPEN}, StopSel={CLOSE}"
OPTIONS = f"{MARKS}, MaxWords=26, MinWords=12, ShortWord=2, MaxFragments=1"
WHOLE = f"{MARKS}, HighlightAll=true"
LONGEST = 20_000

# What is said is looked at for all words together, and for each where they stand apart (one of them in the subject).
# What stands beside it (who wrote, to whom, what a form asked) is a row of its own.
STATEMENT = """
WITH picked AS (SELECT * FROM unnest(%s::smallint[], %s::bigint[]) AS p(kind, id)), texts AS (
    SELECT p.kind, p.id, m.seq, m.direction AS how, 'message-' || m.id AS anchor, m.body AS text,
        concat_ws(' · ', m.author_name, (SELECT string_agg(v #>> '{{}}', ' · ') FROM jsonb_path_query(jsonb_build_array(
            m.extra -> 'answers', m.extra -> 'to', m.extra -> 'cc', m.extra #> '{{mail,from}}', m.extra #> '{{mail,to}}',
            m.extra #> '{{mail,cc}}'), 'strict $.** ? (@.type() == "string")') v)) AS beside
    FROM picked p JOIN conversations_message m ON m.id = p.id AND m.workspace_id = %s WHERE p.kind = 1
    UNION ALL
    SELECT p.kind, p.id, 0, 'comment', 'comment-' || c.id, c.body, c.author_name
    FROM picked p JOIN conversations_comment c ON c.id = p.id AND c.workspace_id = %s WHERE p.kind = 2
    UNION ALL
    SELECT p.kind, p.id, coalesce(m.seq, 0), 'file',
        CASE WHEN f.comment_id IS NULL THEN 'message-' || f.message_id ELSE 'comment-' || f.comment_id END, f.name, ''
    FROM picked p JOIN conversations_attachment f ON f.id = p.id AND f.workspace_id = %s
    LEFT JOIN conversations_message m ON m.id = f.message_id WHERE p.kind = 3
    UNION ALL
    SELECT p.kind, p.id, 0, 'person', '', '', concat_ws(' ', nullif(q.name, ''), q.address)
    FROM picked p JOIN conversations_participant q ON q.id = p.id AND q.workspace_id = %s WHERE p.kind = 4
    UNION ALL
    SELECT p.kind, p.id, 0, 'contact', '', '', k.email
    FROM picked p JOIN conversations_conversation c ON c.id = p.id AND c.workspace_id = %s
    JOIN contacts_contact k ON k.id = c.contact_id AND k.workspace_id = c.workspace_id WHERE p.kind = 5
), clean AS (
    SELECT kind, id, seq, how, anchor, translate(left(text, %s), %s, %s) AS said,
        translate(left(beside, %s), %s, %s) AS beside FROM texts
)
SELECT kind, id, seq, how, anchor,
    ts_headline(%s::regconfig, said, {together}, %s), ts_headline(%s::regconfig, said, {together}, %s),
    ts_headline(%s::regconfig, said, {each}, CASE kind WHEN 3 THEN %s ELSE %s END), ts_headline(%s::regconfig, beside, {names}, %s)
FROM clean
"""
HEADS = """
SELECT n, ts_headline(%s::regconfig, said, {words}, %s), ts_headline(%s::regconfig, said, {words}, %s)
FROM (SELECT n, translate(text, %s, %s) AS said FROM unnest(%s::text[]) WITH ORDINALITY AS t(text, n)) heads ORDER BY n
"""


@dataclass(frozen=True, slots=True)
class Snippet:
    """`how`: in, out, comment, file, person, contact. `seq` is that of the message it hangs on, 0 for none.

    `beside`: who wrote it, to whom and what a form asked, marked where nothing in the words themselves is.
    """

    html: SafeString
    how: str
    anchor: str
    seq: int
    is_marked: bool
    beside: SafeString = SafeString()


def snippets_of(matches: list[Match], marking: Marking, member: Member) -> dict[tuple[int, int], Snippet]:
    """By (kind, source id): one statement for the whole page. What was deleted meanwhile is missing."""
    entries = [match.entry for match in matches if match.entry]
    if not entries:
        return {}
    kinds, ids = [entry.kind for entry in entries], [entry.source_id for entry in entries]
    house, config = current_workspace_id(), config_of(member.workspace.language)
    together, each, names = marking.together, marking.each, marking.names
    values = [kinds, ids, *[house] * 5, *[LONGEST, TAKEN, GIVEN] * 2]
    values += [SIMPLE, *together[1], OPTIONS, config, *together[1], OPTIONS]
    values += [config, *each[1], WHOLE, OPTIONS, SIMPLE, *names[1], OPTIONS]
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT.format(together=together[0], each=each[0], names=names[0]), values)
        return {(kind, pk): snippet(*rest) for kind, pk, *rest in cursor.fetchall()}


def marked_heads(texts: list[str], words: Expression, member: Member) -> list[SafeString]:
    """Short texts as they are, with what was looked for marked in them: one statement for all."""
    if not texts or not words[1]:
        return [marked(text) for text in texts]
    sql, given = words
    values = [SIMPLE, *given, WHOLE, config_of(member.workspace.language), *given, WHOLE, TAKEN, GIVEN, texts]
    with connection.cursor() as cursor:
        cursor.execute(HEADS.format(words=sql), values)
        return [marked(best_of(*found)) for _n, *found in cursor.fetchall()]


def best_of(*texts: str) -> str:
    """The first with the most marks."""
    return max(texts, key=lambda text: text.count(OPEN))


def snippet(seq: int, how: str, anchor: str, *texts: str) -> Snippet:
    """texts: the words as written, by their stem, each by itself; and what stands beside them."""
    *said, beside = texts
    best = best_of(*said[:2])
    if OPEN not in best:
        best = best_of(best, said[2])
    told = marked(beside) if OPEN in beside or how == "person" else SafeString()
    return Snippet(marked(best), how, anchor, seq, OPEN in best, told)


def marked(text: str) -> SafeString:
    """What somebody wrote, escaped; only then do the marks become elements."""
    html = escape(" ".join(text.translate(BRACKETS).split()))
    return mark_safe(html.replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))  # noqa: S308  escaped just above
