"""Lists of contacts and of companies that members keep: private, a team's, or everybody's."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from contacts import company_list, people
from contacts.models import About, ContactView, Shared
from workspaces.models import Member, Team
from workspaces.permissions import Permission

MOST = 50
SORTS: dict[str, tuple[str, ...]] = {
    About.CONTACT.value: people.SORTS,
    About.COMPANY.value: company_list.SORTS,
}


def views_for(member: Member, about: str = About.CONTACT.value) -> list[ContactView]:
    theirs = Q(maker=member) | Q(sharing=Shared.EVERYONE)
    theirs |= Q(sharing=Shared.TEAM, team__in=Team.objects.filter(members=member))
    return list(ContactView.objects.filter(theirs, about=about).order_by("name", "pk")[: 2 * MOST])


def may_change(view: ContactView, member: Member) -> bool:
    """Its maker; and for what is not theirs alone, whoever manages inboxes, as with views of conversations."""
    shared = view.sharing != Shared.PRIVATE
    return view.maker_id == member.pk or (shared and member.may(Permission.MANAGE_INBOXES))


@transaction.atomic
def save_view(
    *,
    name: str,
    filters: dict[str, str],
    columns: list[str],
    sort: str,
    by: Member,
    about: str = About.CONTACT.value,
    sharing: str = Shared.PRIVATE,
    team: Team | None = None,
    view: ContactView | None = None,
) -> ContactView:
    """Keep a list, or what one asks for now. Raises ValidationError in words."""
    name = " ".join(name.split())
    if not 0 < len(name) <= 60:
        raise ValidationError(_("A view has a name of at most 60 characters."))
    if sharing == Shared.TEAM and team is None:
        raise ValidationError(_("Choose the team that sees this view."))
    if view is None:
        if ContactView.objects.filter(maker=by).count() >= MOST:
            raise ValidationError(_("You have 50 views. Delete one to make another."))
        view = ContactView(maker=by, about=about)
    view.name, view.filters, view.columns = name, filters, columns
    sorts = SORTS[view.about]
    view.sort = sort if sort in sorts else sorts[0]
    view.sharing = sharing if sharing in Shared.values else Shared.PRIVATE
    view.team = team if view.sharing == Shared.TEAM else None
    view.save()
    return view
