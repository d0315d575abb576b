"""What stands beside the history of a contact: sections and figures that rooms above know of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contacts.models import Contact
from workspaces.models import Member

# The newest of a kind that a figure is reckoned from: nothing that grows without end is counted for a page.
MOST = 100


@dataclass(frozen=True)
class Section:
    """A part with a template of its own, which gets `context` as `part`."""

    template: str
    context: dict[str, Any]
    place: int = 50


@dataclass(frozen=True)
class Figure:
    """One line of "How it goes"; `about` says how it was reckoned."""

    label: str
    value: str
    about: str = ""
    place: int = 50


# (contact, reader) -> what the reader may see of it.
MakeSection = Callable[[Contact, Member], Section | None]
MakeFigures = Callable[[Contact, Member], list[Figure]]

_sections: list[MakeSection] = []
_figures: list[MakeFigures] = []


def register_section(make: MakeSection) -> None:
    """Registering twice is registering once."""
    if make not in _sections:
        _sections.append(make)


def register_figures(make: MakeFigures) -> None:
    if make not in _figures:
        _figures.append(make)


def sections_of(contact: Contact, member: Member) -> list[Section]:
    made = [make(contact, member) for make in _sections]
    return sorted([one for one in made if one], key=lambda one: one.place)


def figures_of(contact: Contact, member: Member) -> list[Figure]:
    found = [one for make in _figures for one in make(contact, member)]
    return sorted(found, key=lambda one: one.place)


def up_to(n: int, most: int = MOST) -> str:
    """How many, of rows of which one more than `most` was read."""
    return f"{most}+" if n > most else str(n)
