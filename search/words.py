"""Words as PostgreSQL asks for them: expressions with parameters, never text glued into a statement."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from search.language import Filter, Query, Term

SIMPLE = "public.parley_simple"
_BETWEEN = re.compile(r"[\s@._+/-]+")
# Languages whose stems the migration knows; any other is searched by its words as written.
STEMMED = {"da", "de", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pt", "ro", "ru", "sv", "tr"}
WEIGHTS = {"subject": "A", "from": "B", "to": "C"}

Expression = tuple[str, list[str]]


@dataclass(frozen=True, slots=True)
class Marking:
    """What is marked in what was found: the words together, else each by itself; in a subject; in names and addresses."""

    together: Expression
    each: Expression
    subject: Expression
    names: Expression


def marking_of(query: Query, config: str) -> Marking:
    words = [term for term in query.words if not term.is_negated]
    # By its parts an address is found, but not marked: each of them would be, wherever it stands.
    terms = [term_expression(term, config, by_parts=False) for term in words]

    def said(*names: str) -> list[Expression]:
        wanted = [place.value for place in query.places if place.name in names and not place.is_negated]
        return [bound(word, "") for value in wanted for word in value.split()]

    return Marking(
        together=words_expression(words, config),
        each=any_of(terms),
        subject=any_of([*terms, *said("subject")]),
        names=any_of([*terms, *said("from", "to")]),
    )


def config_of(language: str) -> str:
    """The dictionary by which the entries of a workspace of this language were cut to stems."""
    return f"public.parley_{language[:2]}" if language[:2] in STEMMED else SIMPLE


def words_expression(terms: Iterable[Term], config: str) -> Expression:
    """A tsquery that every term must match, as written or by its stem. `config` is the dictionary of the workspace."""
    return all_of([term_expression(term, config) for term in terms])


def term_expression(term: Term, config: str, *, by_parts: bool = True) -> Expression:
    make = "phraseto_tsquery" if term.is_phrase else "plainto_tsquery"
    either = f"({make}(%s::regconfig, %s) || {make}(%s::regconfig, %s))"
    given = [SIMPLE, term.text, config, term.text]
    parts = [word for word in _BETWEEN.split(term.text) if word]
    if by_parts and not term.is_phrase and len(parts) > 1:
        # "photo-2" is read as "photo" and minus two; the name of a file was kept by its parts as well.
        either = f"({either} || to_tsquery(%s::regconfig, %s))"
        last = ":*" if term.is_prefix else ""
        given += [SIMPLE, " <-> ".join(quoted(word) for word in parts) + last]
    if term.is_prefix:
        either = f"({either} || to_tsquery(%s::regconfig, %s))"
        given += [SIMPLE, f"{quoted(term.text)}:*"]
    return either, given


def place_expression(place: Filter) -> Expression:
    """Words that must occur in one place: `subject:`, `from:` or `to:`. The last letters may be missing.

    Only single words can be bound to a place, so those of a phrase must all stand there, in any order. An address is
    found whole or by its parts.
    """
    weight = WEIGHTS[place.name]
    whole = all_of([bound(word, weight) for word in place.value.split()])
    parts = [word for word in _BETWEEN.split(place.value) if word]
    if len(parts) < 2:
        return whole
    by_parts = all_of([bound(word, weight) for word in parts])
    return f"({whole[0]} || {by_parts[0]})", whole[1] + by_parts[1]


def bound(word: str, weight: str) -> Expression:
    return "to_tsquery(%s::regconfig, %s)", [SIMPLE, f"{quoted(word)}:*{weight}"]


def all_of(expressions: list[Expression]) -> Expression:
    return joined(" && ", expressions)


def any_of(expressions: list[Expression]) -> Expression:
    return joined(" || ", expressions)


def joined(sign: str, expressions: list[Expression]) -> Expression:
    if not expressions:
        return "''::tsquery", []
    return "(" + sign.join(sql for sql, _ in expressions) + ")", [
        one for _, given in expressions for one in given
    ]


def quoted(word: str) -> str:
    """A word inside of a tsquery's text, where only quotes and backslashes mean something."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
