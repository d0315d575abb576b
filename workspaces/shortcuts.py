"""The map of the keyboard: what each key does, what somebody changed of it, and what may not be changed into what.

Keys are written as typed: "r", "shift+j", "g i" for two after another. They follow the letter, not its place, so that
every layout has them; those of the map need no AltGr, or have a second key that needs none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAMES = {"ArrowDown": "↓", "ArrowUp": "↑", "Enter": "↵", "shift": "Shift", "ctrl": "Ctrl"}
LONGEST = 2  # keys after one another


@dataclass(frozen=True)
class Shortcut:
    """An action and its keys. `also` stays whatever somebody chooses; `view` makes it lead to a page."""

    name: str
    group: str
    label: str
    key: str
    also: tuple[str, ...] = ()
    icon: str = "zap"
    view: str = ""
    argument: str = ""
    fixed: bool = False


GROUPS = {
    "list": gettext_lazy("List"),
    "conversation": gettext_lazy("This conversation"),
    "go": gettext_lazy("Go to"),
    "everywhere": gettext_lazy("Everywhere"),
}
MAP = (
    Shortcut("next", "list", gettext_lazy("Next conversation"), "j", ("ArrowDown",), "arrow-down"),
    Shortcut("previous", "list", gettext_lazy("Previous conversation"), "k", ("ArrowUp",), "arrow-up"),
    Shortcut("open", "list", gettext_lazy("Open the conversation"), "o", ("Enter",), "forward"),
    Shortcut("tick", "list", gettext_lazy("Tick the row"), "x", (), "check"),
    Shortcut("tick_next", "list", gettext_lazy("Tick, and the next one"), "shift+j", (), "arrow-down"),
    Shortcut("tick_previous", "list", gettext_lazy("Tick, and the previous one"), "shift+k", (), "arrow-up"),
    Shortcut("let_in", "list", gettext_lazy("Let in new arrivals"), ".", (), "arrow-up"),
    Shortcut("search", "list", gettext_lazy("Search all conversations"), "/", (), "search"),
    Shortcut("reply", "conversation", gettext_lazy("Reply"), "r", (), "reply"),
    Shortcut("comment", "conversation", gettext_lazy("Comment for your team"), "c", (), "note"),
    Shortcut("close", "conversation", gettext_lazy("Close, or open again"), "e", (), "check"),
    Shortcut("assign", "conversation", gettext_lazy("Assign"), "a", (), "users"),
    Shortcut("assign_me", "conversation", gettext_lazy("Assign to me"), "i", (), "user"),
    Shortcut("snooze", "conversation", gettext_lazy("Snooze"), "h", (), "clock"),
    Shortcut("label", "conversation", gettext_lazy("Add or remove a label"), "l", (), "tag"),
    Shortcut("snippets", "conversation", gettext_lazy("Saved replies"), ";", (), "note"),
    Shortcut("macros", "conversation", gettext_lazy("Run a macro"), "m", (), "play"),
    Shortcut("ticket", "conversation", gettext_lazy("Create a ticket"), "t", (), "ticket"),
    Shortcut("contact", "conversation", gettext_lazy("Show or hide the contact"), "]", ("d",), "side"),
    Shortcut(
        "go_mine", "go", gettext_lazy("Assigned to me"), "g i", (), "user", "conversations:inbox", "mine"
    ),
    Shortcut(
        "go_unassigned",
        "go",
        gettext_lazy("Unassigned"),
        "g u",
        (),
        "none",
        "conversations:inbox",
        "unassigned",
    ),
    Shortcut(
        "go_mentions", "go", gettext_lazy("Mentions"), "g m", (), "at", "conversations:inbox", "mentions"
    ),
    Shortcut("go_tickets", "go", gettext_lazy("Tickets"), "g t", (), "ticket", "tickets:home"),
    Shortcut("go_contacts", "go", gettext_lazy("Contacts"), "g c", (), "book", "contacts:list"),
    Shortcut("go_chatflows", "go", gettext_lazy("Chatflows"), "g f", (), "flow", "chatflows:list"),
    Shortcut("go_statistics", "go", gettext_lazy("Analytics"), "g s", (), "chart", "analytics:home"),
    Shortcut("go_settings", "go", gettext_lazy("Settings"), "g ,", (), "gear", "workspaces:settings"),
    Shortcut("undo", "everywhere", gettext_lazy("Undo"), "z", (), "undo"),
    Shortcut("keys", "everywhere", gettext_lazy("All keys"), "?", (), "zap"),
    Shortcut("palette", "everywhere", gettext_lazy("Commands"), "ctrl+k", (), "search", fixed=True),
    Shortcut("send", "everywhere", gettext_lazy("Send"), "ctrl+Enter", (), "send", fixed=True),
    Shortcut(
        "send_close", "everywhere", gettext_lazy("Send and close"), "ctrl+shift+Enter", (), "done", fixed=True
    ),
    Shortcut(
        "leave", "everywhere", gettext_lazy("Leave a field, then the list"), "Esc", (), "back", fixed=True
    ),
)
BY_NAME = {shortcut.name: shortcut for shortcut in MAP}


@dataclass(frozen=True)
class Bound:
    """A shortcut as one person has it, in one workspace."""

    shortcut: Shortcut
    keys: tuple[str, ...]
    url: str = ""

    @property
    def shown(self) -> list[list[str]]:
        """Each way to press it, as its key caps."""
        return [caps(key) for key in self.keys]


def caps(key: str) -> list[str]:
    """ "shift+j" as Shift and J; "g i" as G and I."""
    parts = [
        part for stroke in key.split(" ") for part in (stroke.split("+") if len(stroke) > 1 else [stroke])
    ]
    return [NAMES.get(part, part.upper() if len(part) == 1 else part) for part in parts]


def keys_of(chosen: Mapping[str, str], slug: str, views: frozenset[str]) -> list[Bound]:
    """The whole map of somebody. What leads to a page that this installation has not is left out."""
    bound = []
    for shortcut in MAP:
        url = address_of(shortcut, slug, views)
        if url is None:
            continue
        key = chosen.get(shortcut.name, shortcut.key) if not shortcut.fixed else shortcut.key
        bound.append(Bound(shortcut, (key, *shortcut.also), url))
    return bound


def address_of(shortcut: Shortcut, slug: str, views: frozenset[str]) -> str | None:
    """Where it leads: "" for what happens on the page itself, None for a page that does not exist."""
    if not shortcut.view:
        return ""
    if shortcut.view == "conversations:inbox" and shortcut.argument not in views:
        return None
    try:
        return reverse(shortcut.view, args=[slug, *([shortcut.argument] if shortcut.argument else [])])
    except NoReverseMatch:
        return None


# ── Choosing others ─────────────────────────────────────────────────────────────────────────────────────────────


def normal(typed: str) -> str:
    """What somebody wrote into the field, in the way of the map: " G  I" is "g i", "Shift+J" is "shift+j"."""
    return " ".join(typed.lower().replace("shift +", "shift+").split())


def mistake_in(key: str) -> str:
    """Why no action can have this key, or ""."""
    strokes = key.split(" ")
    if not key or len(strokes) > LONGEST:
        return _("Give one key, or two one after the other.")
    for stroke in strokes:
        bare = stroke.removeprefix("shift+") if stroke != "shift+" else stroke
        if len(bare) != 1 or not bare.isprintable() or bare.isspace():
            return _("Only letters, digits and signs can be keys.")
        if bare != stroke and not bare.isalpha():
            return _("Shift goes with letters only; write the sign itself.")
    return ""


def mistakes(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return action → why its key cannot be, for a whole map: not a key, or the key of another."""
    found = {name: mistake for name, key in chosen.items() if (mistake := mistake_in(key))}
    taken = [(name, key) for name, key in chosen.items() if name not in found]
    taken += [(shortcut.name, key) for shortcut in MAP for key in shortcut.also]
    for name, key in chosen.items():
        if name in found:
            continue
        other = next((rival for rival, held in taken if rival != name and collide(key, held)), None)
        if other:
            found[name] = _("This is already the key of “%(action)s”.") % {"action": BY_NAME[other].label}
    return found


def collide(one: str, other: str) -> bool:
    """The same key, or one that begins the other: nobody could tell which is meant."""
    return one == other or one.startswith(f"{other} ") or other.startswith(f"{one} ")


def changes(chosen: Mapping[str, str]) -> dict[str, str]:
    """Only what differs from the map is kept, so that a later map reaches everybody who changed nothing of it."""
    return {name: key for name, key in chosen.items() if name in BY_NAME and key != BY_NAME[name].key}
