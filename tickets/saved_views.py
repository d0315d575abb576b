"""Views of tickets that members make: who sees them, who may change them, and making them (TK-11)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.conditions import clean
from conversations.models import Sharing
from conversations.saved_views import checked_name
from tickets.models import TicketView
from tickets.queries.conditions import FIELDS
from tickets.queries.table import COLUMNS
from workspaces.models import Member, Team
from workspaces.permissions import Permission

MOST = 50


def saved_for(member: Member) -> list[TicketView]:
    theirs = Q(maker=member) | Q(sharing=Sharing.EVERYONE)
    theirs |= Q(sharing=Sharing.TEAM, team__in=Team.objects.filter(members=member))
    return list(TicketView.objects.filter(theirs).order_by("name", "pk")[: 2 * MOST])


def may_change(view: TicketView, member: Member) -> bool:
    """Its maker; and for what is not theirs alone, whoever manages tickets."""
    shared = view.sharing != Sharing.PRIVATE
    return view.maker_id == member.pk or (shared and member.may(Permission.MANAGE_TICKETS))


@transaction.atomic
def save_view(
    view: TicketView | None,
    *,
    name: str,
    conditions: dict,
    columns: list[str],
    sort: str,
    by: Member,
    sharing: str = Sharing.PRIVATE,
    team: Team | None = None,
) -> TicketView:
    """Make a view, or change one. Raises ValidationError in words."""
    name = checked_name(name, sharing, team)
    if view is None:
        if TicketView.objects.filter(maker=by).count() >= MOST:
            raise ValidationError(_("You have 50 views. Delete one to make another."))
        view = TicketView(maker=by)
    view.name, view.conditions, view.sharing = name, clean(conditions, FIELDS), sharing
    view.columns = [key for key in COLUMNS if key in columns]
    view.sort, view.updated_at = sort, timezone.now()
    view.team = team if sharing == Sharing.TEAM else None
    view.save()
    return view
