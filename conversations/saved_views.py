"""Views that members make: who sees them, making and ordering them, and how many conversations stand in each."""

import hashlib
from collections import Counter

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, Q, Value
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.conditions import Asked, clean, to_q
from conversations.models import Conversation, SavedView, Sharing
from conversations.preferences import prefer, preferences_of
from conversations.queries.views import View, get_view
from workspaces.models import Member, Team
from workspaces.permissions import Permission

MOST = 50
CAP = 100  # a number beyond it is shown as "99+"
FRESH = 5  # seconds for which a number may be shown again without looking


def saved_for(member: Member) -> list[SavedView]:
    """The views a member sees, in the order they chose; new ones come last."""
    theirs = Q(maker=member) | Q(sharing=Sharing.EVERYONE)
    theirs |= Q(sharing=Sharing.TEAM, team__in=Team.objects.filter(members=member))
    order = {pk: place for place, pk in enumerate(preferences_of(member).views)}
    return sorted(
        SavedView.objects.filter(theirs).select_related("maker")[: 2 * MOST],
        key=lambda view: (order.get(view.pk, MOST * 2), view.pk),
    )


def may_change(view: SavedView, member: Member) -> bool:
    """Its maker; and for what is not theirs alone, whoever manages inboxes."""
    return view.maker_id == member.pk or (
        view.sharing != Sharing.PRIVATE and member.may(Permission.MANAGE_INBOXES)
    )


def as_view(saved: SavedView) -> View:
    def choose(rows, member):
        return rows.present().filter(to_q(saved.conditions, Asked(member.pk, timezone.now())))

    return View(saved.key, saved.name, "star", choose, asks=True)


def find_view(key: str, member: Member, known: list[SavedView] | None = None) -> View:
    """A view by its key, one of everybody's or one that was made. Raises Http404."""
    if not (key[:1] == "v" and key[1:].isascii() and key[1:].isdigit()):
        return get_view(key)
    for saved in saved_for(member) if known is None else known:
        if saved.key == key:
            return as_view(saved)
    raise Http404


def how_many(member: Member, views: list[SavedView], inbox: int | None = None) -> dict[str, int]:
    """By key, up to CAP, within the member's rights: one query for all of them, and that once in a few seconds."""
    if not views:
        return {}
    told = [member.workspace_id, member.pk, member.access_version, inbox]
    told += [(view.pk, view.updated_at.isoformat()) for view in views]
    key = f"saved-views:{hashlib.sha256(repr(told).encode()).hexdigest()}"
    counts = cache.get(key)
    if counts is None:
        counts = _count(member, views, inbox)
        cache.set(key, counts, FRESH)
    return counts


def _count(member: Member, views: list[SavedView], inbox: int | None) -> dict[str, int]:
    rows = Conversation.objects.visible_to(member)
    if inbox:
        rows = rows.filter(inbox=inbox)
    parts = [
        as_view(view)
        .choose(rows, member)
        .order_by()
        .annotate(view=Value(view.key, CharField()))
        .values_list("view", flat=True)[:CAP]
        for view in views
    ]
    found = Counter(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])
    return {view.key: found[view.key] for view in views}


def capped(count: int) -> str:
    """How a number is shown: nothing for none, and no more digits than a list has room for."""
    return "99+" if count >= CAP else str(count or "")


def preview(member: Member, conditions: dict) -> int:
    """How many conversations these would show now, up to CAP. Raises ValidationError."""
    draft = SavedView(pk=0, name="", conditions=clean(conditions))
    return len(as_view(draft).choose(Conversation.objects.visible_to(member), member).values("pk")[:CAP])


def checked_name(name: str, sharing: str, team: Team | None) -> str:
    """The name as it is kept. Raises ValidationError in words, also where nobody is named to share with."""
    name = " ".join(name.split())
    if not 0 < len(name) <= 60:
        raise ValidationError(_("A view has a name of at most 60 characters."))
    if sharing == Sharing.TEAM and team is None:
        raise ValidationError(_("Choose the team that sees this view."))
    return name


@transaction.atomic
def save_view(
    view: SavedView | None,
    *,
    name: str,
    conditions: dict,
    by: Member,
    sharing: str = Sharing.PRIVATE,
    team: Team | None = None,
) -> SavedView:
    """Make a view, or change one. Raises ValidationError in words."""
    name = checked_name(name, sharing, team)
    if view is None:
        if SavedView.objects.filter(maker=by).count() >= MOST:
            raise ValidationError(_("You have 50 views. Delete one to make another."))
        view = SavedView(maker=by)
    view.name, view.conditions, view.sharing = name, clean(conditions), sharing
    view.team = team if sharing == Sharing.TEAM else None
    view.updated_at = timezone.now()
    view.save()
    return view


def put_at(view: SavedView, place: int, *, by: Member) -> None:
    """Move a view in the order of one member, for them alone."""
    order = [other.pk for other in saved_for(by) if other.pk != view.pk]
    order.insert(max(0, min(place, len(order))), view.pk)
    prefer(by, views=order)
