"""The lists in the navigation: those that everybody has, and one for each kind of channel (VW-1)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conversations.models import ConversationQuerySet, Mention, Status
from inboxes.kinds import all_kinds
from workspaces.models import Member


@dataclass(frozen=True)
class View:
    """`flat`: not grouped by whose turn it is. `folded`: seldom needed, shown under "More views".

    `asks`: whether something belongs to it is asked of the server, since a script cannot tell.
    """

    key: str
    label: str
    icon: str
    choose: Callable[[ConversationQuerySet, Member], ConversationQuerySet]
    flat: bool = False
    counted: bool = True
    folded: bool = False
    asks: bool = False


VIEWS = [
    View("mine", _("Assigned to me"), "user", lambda rows, member: rows.open().assigned_to(member)),
    View("unassigned", _("Unassigned"), "none", lambda rows, member: rows.open().unassigned()),
    View("bots", _("Bots"), "bot", lambda rows, member: rows.open().with_bots(), folded=True, asks=True),
    View(
        "mentions",
        _("Mentions"),
        "at",
        lambda rows, member: rows.open().filter(
            Exists(Mention.objects.filter(conversation=OuterRef("pk"), member=member))
        ),
        asks=True,
    ),
    View("open", _("All open"), "inbox", lambda rows, member: rows.open()),
    View(
        "snoozed",
        pgettext_lazy("view", "Snoozed"),
        "clock",
        lambda rows, member: rows.present().filter(status=Status.SNOOZED),
        flat=True,
    ),
    View(
        "closed",
        pgettext_lazy("view", "Closed"),
        "done",
        lambda rows, member: rows.present().filter(status=Status.CLOSED),
        flat=True,
        counted=False,
    ),
]
PUT_AWAY = [
    View(
        "sent",
        pgettext_lazy("view", "Sent"),
        "send",
        lambda rows, member: rows.present().filter(preview_kind="out"),
        flat=True,
        counted=False,
        folded=True,
        asks=True,
    ),
    View(
        "filtered",
        pgettext_lazy("view", "Filtered"),
        "filter",
        lambda rows, member: rows.filter(
            trashed_at=None, spam_at=None, filtered_at__isnull=False, merged_into=None
        ),
        flat=True,
        folded=True,
    ),
    View(
        "spam",
        pgettext_lazy("view", "Spam"),
        "ban",
        lambda rows, member: rows.filter(trashed_at=None, spam_at__isnull=False, merged_into=None),
        flat=True,
        folded=True,
    ),
    View(
        "trash",
        pgettext_lazy("view", "Trash"),
        "trash",
        lambda rows, member: rows.filter(trashed_at__isnull=False, merged_into=None),
        flat=True,
        folded=True,
    ),
]


def all_views() -> list[View]:
    """In the order of the navigation. Kinds are known once the rooms above have started."""
    return [*VIEWS, *(_of_kind(kind) for kind in all_kinds()), *PUT_AWAY]


def _of_kind(kind) -> View:
    return View(
        kind.key,
        kind.label,
        kind.icon,
        lambda rows, member: rows.open().filter(channel_kind=kind.key),
        folded=True,
    )


def get_view(key: str) -> View:
    """Return a view by its key. Raises Http404 for one that does not exist."""
    for view in all_views():
        if view.key == key:
            return view
    raise Http404


def buckets() -> dict[str, str]:
    """Which kept counter each view's number is, by the view's key (VW-4)."""
    kept = {key: key for key in ("unassigned", "bots", "open", "snoozed", "filtered", "spam", "trash")}
    return kept | {kind.key: f"open:{kind.key[:19]}" for kind in all_kinds()}


def mine_of(member_id: int | str) -> str:
    """The kept counter of what is open and somebody's own; of "", how all of these begin."""
    return f"mine:{member_id}"
