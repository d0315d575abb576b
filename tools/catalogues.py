"""Keep locale/*/LC_MESSAGES/django.po complete, without gettext's own programs.

    python -m tools.catalogues                  bring the catalogues up to date with the sources
    python -m tools.catalogues --merge FILE...  the same, and take translations from JSON files
    python -m tools.catalogues --check          exit with 1 and a list when something is missing or wrong
    python -m tools.catalogues --compile        write the .mo files beside them

A JSON file maps msgid to msgstr, to [singular, plural] for a plural; a context stands before its msgid with "\\u0004".
"""

import argparse
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("fr",)
CONTEXT = "\u0004"
SKIPPED = {"migrations", "tests", "tools", "node_modules", "frontend", "static", "var", "docs", "deploy"}

_ONE, _MANY = None, (1, 2)
_ONE_IN_CONTEXT, _MANY_IN_CONTEXT = ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {"_": _ONE} | {
    name + lazy: spec
    for lazy in ("", "_lazy")
    for name, spec in (
        ("gettext", _ONE),
        ("gettext_noop", _ONE),
        ("ngettext", _MANY),
        ("pgettext", _ONE_IN_CONTEXT),
        ("npgettext", _MANY_IN_CONTEXT),
    )
}

# The same ones must stand on both sides: %(name)s, %s, %d, {name}.
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]\b|\{\w*\}")
# French asks for a narrow no-break space (U+202F) before these, so a plain one or none is a mistake.
FRENCH_SPACE = re.compile(r"[ \u00a0][:;!?»]|« |\w[;!?](?=\s|$)|\w:(?=\s|$)")


# ── Extraction ──────────────────────────────────────────────────────────────────────────────────────────────────


def extract(root: Path) -> Catalog:
    """Every message of the sources below a folder, with the files it is used in."""
    template = Catalog(charset="utf-8")
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        for context, msgid, comments in messages_of(path):
            template.add(msgid, locations=[(name, 0)], auto_comments=comments, context=context)
    return template


def sources(root: Path) -> Iterator[Path]:
    for path in sorted([*root.rglob("*.py"), *root.rglob("*.html"), *root.rglob("*.txt")]):
        parts = path.relative_to(root).parts
        if path.suffix != ".py" and parts[0] != "templates":
            continue
        if not any(part in SKIPPED or part.startswith(".") for part in parts[:-1]):
            yield path


def messages_of(path: Path) -> Iterator[tuple[str | None, str | tuple[str, str], list[str]]]:
    """The (context, msgid, comments) of one file; msgid is a pair for a plural."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django writes a template as Python-like text; its indentation means nothing, and tokenizers insist on it.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    found = extract_python(io.BytesIO(text.encode()), list(KEYWORDS), ["Translators:"], {"encoding": "utf-8"})
    for _line, function, arguments, comments in found:
        message = arranged(KEYWORDS[function], arguments)
        if message:
            yield *message, comments


def arranged(spec, arguments) -> tuple[str | None, str | tuple[str, str]] | None:
    """Tell context and msgid from a call's arguments; None when they are not literal."""
    given = [arguments] if isinstance(arguments, str) else list(arguments or [])
    context = given.pop(0) if spec in (_ONE_IN_CONTEXT, _MANY_IN_CONTEXT) and given else None
    wanted = given[: 2 if spec in (_MANY, _MANY_IN_CONTEXT) else 1]
    if not wanted or not all(isinstance(text, str) and text for text in wanted):
        return None
    return context, (wanted[0], wanted[1]) if len(wanted) == 2 else wanted[0]


# ── Catalogues ──────────────────────────────────────────────────────────────────────────────────────────────────


def file_of(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def load(root: Path, language: str) -> Catalog:
    path = file_of(root, language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def save(root: Path, language: str, catalogue: Catalog) -> None:
    """Write it so that the same messages make the same bytes: no dates, no line numbers, nothing obsolete."""
    catalogue.header_comment = (
        f"# Parley in {catalogue.locale.english_name}. Made by `python -m tools.catalogues`."
    )
    catalogue.fuzzy = False
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    kept = ("Language:", "Plural-Forms", "MIME-Version", "Content-")
    header, separator, rest = buffer.getvalue().decode().partition("\n\n")
    lines = [line for line in header.splitlines() if not line.startswith('"') or line[1:].startswith(kept)]
    path = file_of(root, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + separator + rest.rstrip("\n") + "\n", encoding="utf-8")


def update(root: Path, language: str, translations: dict[str, str | list[str]]) -> list[str]:
    """Bring one catalogue up to date. Returns the msgids given in `translations` that no source has."""
    catalogue = load(root, language)
    catalogue.update(extract(root), no_fuzzy_matching=True)
    unknown = []
    for key, translation in translations.items():
        context, _, msgid = key.rpartition(CONTEXT)
        message = catalogue.get(msgid, context or None)
        if message is None:
            unknown.append(msgid)
            continue
        message.string = (
            tuple(translation) if message.pluralizable and not isinstance(translation, str) else translation
        )
        message.flags.discard("fuzzy")
    save(root, language, catalogue)
    return unknown


def compile_catalogue(root: Path, language: str) -> None:
    with file_of(root, language).with_suffix(".mo").open("wb") as file:
        write_mo(file, load(root, language))


# ── The check ───────────────────────────────────────────────────────────────────────────────────────────────────


def problems(root: Path, language: str) -> list[str]:
    """What is wrong with a catalogue, a line each; an empty list when nothing is."""
    catalogue, template = load(root, language), extract(root)
    found = []
    for wanted in template:
        if not wanted.id:
            continue
        message = catalogue.get(wanted.id, wanted.context)
        where = f"{shown(wanted)} ({', '.join(sorted({name for name, _ in wanted.locations}))})"
        found += [f"{problem}: {where}" for problem in problems_of(message, wanted)]
    for message in catalogue:
        if message.id and template.get(message.id, message.context) is None:
            found.append(f"no source has: {shown(message)}")
    return found


def problems_of(message: Message | None, wanted: Message) -> Iterator[str]:
    if message is None or message.pluralizable != wanted.pluralizable:
        yield "missing"
        return
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if not all(forms):
        yield "not translated"
        return
    if message.fuzzy:
        yield "fuzzy"
    if not same_placeholders(wanted, forms):
        yield "other placeholders"
    if any(FRENCH_SPACE.search(form) for form in forms):
        yield "needs U+202F before punctuation"


def same_placeholders(wanted: Message, forms) -> bool:
    """A singular may leave the number out; the last form may not."""
    ids = wanted.id if wanted.pluralizable else (wanted.id,)
    allowed = {name for text in ids for name in PLACEHOLDER.findall(text)}
    if any(set(PLACEHOLDER.findall(form)) - allowed for form in forms):
        return False
    return set(PLACEHOLDER.findall(forms[-1])) == set(PLACEHOLDER.findall(ids[-1]))


def shown(message: Message) -> str:
    text = message.id[0] if message.pluralizable else message.id
    context = f"[{message.context}] " if message.context else ""
    return context + json.dumps(text, ensure_ascii=False)


# ── The command ─────────────────────────────────────────────────────────────────────────────────────────────────


def main(arguments: list[str], root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.catalogues", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--merge", nargs="+", type=Path, default=[], metavar="FILE", help="JSON with translations"
    )
    parser.add_argument("--check", action="store_true", help="change nothing, list what is missing or wrong")
    parser.add_argument("--compile", action="store_true", help="write the .mo files")
    chosen = parser.parse_args(arguments)
    if not settings.configured:
        settings.configure(USE_I18N=False)
    if chosen.check:
        return check(root)
    if chosen.merge or not chosen.compile:
        translations = {
            key: text for file in chosen.merge for key, text in json.loads(file.read_text()).items()
        }
        for language in LANGUAGES:
            for msgid in update(root, language, translations):
                print(f"{language}: no source has: {json.dumps(msgid, ensure_ascii=False)}", file=sys.stderr)
    if chosen.compile:
        for language in LANGUAGES:
            compile_catalogue(root, language)
    return 0


def check(root: Path) -> int:
    found = [f"{language}: {problem}" for language in LANGUAGES for problem in problems(root, language)]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
