"""What differs between two versions of a chatflow, in words."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from chatflows.models import ChatflowVersion
from chatflows.settings_of import display_of, options_of
from chatflows.settings_words import NAMES, value_in_words
from chatflows.targeting import compile_targeting
from chatflows.wording_target import line_in_words, rule_in_words

MOST = 60


def compare(before: ChatflowVersion, after: ChatflowVersion) -> list[str]:
    """One line a difference, steps first."""
    lines = [
        *_steps(before.definition, after.definition),
        *_targeting(before.targeting, after.targeting),
        *_settings(display_of(before.display), display_of(after.display)),
        *_settings(options_of(before.options), options_of(after.options)),
        *_languages(before.translations, after.translations),
    ]
    return lines[:MOST]


def _steps(before: Any, after: Any) -> Iterator[str]:
    old, new = _by_id(before), _by_id(after)
    for id, step in new.items():
        name = step.get("name") or id
        if id not in old:
            yield _("Step “%(name)s” is new.") % {"name": name}
        elif old[id] != step:
            yield from _step(old[id], step, name)
    for id, step in old.items():
        if id not in new:
            yield _("Step “%(name)s” is gone.") % {"name": step.get("name") or id}
    kept_before, kept_after = [id for id in old if id in new], [id for id in new if id in old]
    if kept_before != kept_after:
        yield _("The steps stand in another order.")
    if old and new and (before or {}).get("start") != (after or {}).get("start"):
        yield _("It begins with another step.")


def _step(old: dict, new: dict, name: str) -> Iterator[str]:
    parts = {key for key in (*old, *new) if old.get(key) != new.get(key)}
    if parts == {"name"}:
        yield _("Step “%(before)s” is called “%(name)s” now.") % {"before": old.get("name"), "name": name}
    elif parts & {"next", "branches", "to"} and not parts - {"next", "branches", "to", "name"}:
        yield _("Step “%(name)s” goes on elsewhere.") % {"name": name}
    else:
        yield _("Step “%(name)s” was changed.") % {"name": name}


def _by_id(definition: Any) -> dict[str, dict]:
    steps = definition.get("steps") if isinstance(definition, dict) else None
    return {step["id"]: step for step in steps or [] if isinstance(step, dict) and "id" in step}


def _targeting(before: Any, after: Any) -> Iterator[str]:
    old, new = compile_targeting(before), compile_targeting(after)
    if old.everywhere != new.everywhere:
        yield _("It is for all pages now.") if new.everywhere else _("It is for some pages now.")
    for title, was, now in ((_("Shows on"), old.show, new.show), (_("Hides on"), old.hide, new.hide)):
        yield from (
            _("%(where)s: %(rule)s is new.") % {"where": title, "rule": rule_in_words(r)}
            for r in now
            if r not in was
        )
        yield from (
            _("%(where)s: %(rule)s is gone.") % {"where": title, "rule": rule_in_words(r)}
            for r in was
            if r not in now
        )
    was_lines = {line for group in old.groups for line in group}
    now_lines = {line for group in new.groups for line in group}
    for line in sorted(now_lines - was_lines, key=repr):
        yield _("Visitors: “%(line)s” is new.") % {"line": line_in_words(line)}
    for line in sorted(was_lines - now_lines, key=repr):
        yield _("Visitors: “%(line)s” is gone.") % {"line": line_in_words(line)}


def _settings(old: dict, new: dict) -> Iterator[str]:
    for key in new:
        if old[key] == new[key]:
            continue
        if isinstance(new[key], dict):
            yield from _settings(old[key], new[key])
            continue
        name = NAMES.get(key, key)
        told = {"name": name, "before": value_in_words(key, old[key]), "after": value_in_words(key, new[key])}
        yield _("%(name)s: %(before)s → %(after)s") % told


def _languages(old: Any, new: Any) -> Iterator[str]:
    old, new = old or {}, new or {}
    for language in {**old, **new}:
        if old.get(language) != new.get(language):
            yield _("The texts in “%(language)s” were changed.") % {"language": language}
