"""What the settings of inboxes show."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext as _

from inboxes.kinds import Kind, all_kinds
from inboxes.models import Channel, Inbox, Relocation, sees_only_own
from workspaces.mail import on_site
from workspaces.models import Member, Team
from workspaces.permissions import Permission

LOADER = "/live/w.js"


def inboxes_with_channels():
    """Every inbox of the workspace with its connected channels."""
    connected = Channel.objects.filter(disconnected_at=None).order_by("name")
    going = Relocation.objects.filter(inbox=OuterRef("pk"), deletes_inbox=True)
    rows = Inbox.objects.annotate(is_going=Exists(going)).order_by("name")
    return rows.prefetch_related(Prefetch("channels", connected), "access")


def people_in(inbox: Inbox):
    """The members who work in an inbox."""
    members = Member.objects.active().filter(workspace_id=inbox.workspace_id).by_name()
    if inbox.open_to_everyone:
        return members
    named = inbox.access.values_list("member_id", "team__members")
    return members.filter(pk__in={pk for row in named for pk in row if pk})


@dataclass(frozen=True)
class Reader:
    """Somebody who may see an inbox, why, and whether they may also answer in it."""

    member: Member
    why: str
    works: bool


def who_may_see(inbox: Inbox) -> list[Reader]:
    """Person by person, those who work in it first (AC-1). Three queries, whatever the size of the team."""
    rows = list(inbox.access.values_list("member_id", "team_id"))
    named = {member for member, _team in rows if member}
    teams: dict[int, list[str]] = {}
    let_in = Team.objects.filter(pk__in=[team for _member, team in rows if team]).order_by("name")
    for name, member in let_in.values_list("name", "members"):
        teams.setdefault(member, []).append(name)
    people = Member.objects.active().filter(workspace_id=inbox.workspace_id).by_name()
    found = [_reader(inbox, member, named, teams) for member in people.select_related("user")]
    return sorted((one for one in found if one), key=lambda one: not one.works)


def _reader(inbox: Inbox, member: Member, named: set[int], teams: dict[int, list[str]]) -> Reader | None:
    if member.may(Permission.WORK):
        whys = [_("Everyone has access")] if inbox.open_to_everyone else []
        whys += [_("Chosen by name")] if not whys and member.pk in named else []
        if not inbox.open_to_everyone:
            whys += [_("Team %(team)s") % {"team": team} for team in teams.get(member.pk, ())]
        if whys:
            own = [_("sees only what is given to them or their team")] if sees_only_own(member) else []
            return Reader(member, ", ".join([*whys, *own]), works=True)
    if member.reads_every_inbox():
        return Reader(member, _("Their role reads every inbox. They may look, not answer"), works=False)
    return None


def channels_of(inbox: Inbox) -> list[tuple[Channel, Kind | None]]:
    kinds = {kind.key: kind for kind in all_kinds()}
    rows = inbox.channels.filter(disconnected_at=None).order_by("name")
    return [(channel, kinds.get(channel.kind)) for channel in rows]


def loader_url() -> str:
    return on_site(LOADER)


def snippet_of(channel: Channel) -> str:
    """What is pasted into a customer's page. Key and address hold nothing that would need escaping."""
    return f'<script async src="{loader_url()}" data-key="{channel.identifier}"></script>'
