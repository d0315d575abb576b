"""How a member likes their lists: which inbox, which order, how dense, and the order of their saved views."""

from dataclasses import dataclass

from conversations.queries.lists import SORTS
from workspaces.models import Member

DENSITIES = ("comfortable", "compact")


@dataclass(frozen=True)
class Preferences:
    inbox: int | None
    sort: str
    density: str
    views: tuple[int, ...]


def preferences_of(member: Member) -> Preferences:
    """What was kept, as far as it still makes sense."""
    kept = member.preferences
    return Preferences(
        inbox=kept.get("inbox"),
        sort=kept["sort"] if kept.get("sort") in SORTS else "newest",
        density=kept["density"] if kept.get("density") in DENSITIES else "comfortable",
        views=tuple(kept.get("views", ())),
    )


def prefer(member: Member, **changes) -> None:
    """Keep `inbox`, `sort`, `density` or `views`; what is not named stays."""
    locked = Member.objects.select_for_update().only("preferences").get(pk=member.pk)
    locked.preferences = locked.preferences | changes
    locked.save(update_fields=["preferences"])
    member.preferences = locked.preferences
