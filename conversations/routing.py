"""When conversations are given out: as reactions after commit, each in small transactions of its own.

Not while a message is received: the lock under which a turn is taken would make all senders of a channel wait for each
other, to the end of the longest batch. A second late nobody notices; until then it stands in Unassigned, where it is
seen. Each may run twice and late: what somebody took meanwhile stays theirs.
"""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, Sum

from conversations.actions import route, route_reopened
from conversations.models import Conversation, CountDelta, Occasion
from conversations.queries.views import mine_of
from events.models import Event
from inboxes.models import RoutingMode, RoutingRule
from workspaces.models import Availability, Member
from workspaces.scope import workspace_scope

# How many somebody without a limit of their own gets from the queue: to have it all at once helps nobody (RT-12).
USUAL_ROOM = 5
MOST_AT_ONCE = 50


def open_counts(members: Collection[int]) -> dict[int, int]:
    """How many open conversations each of these has; kept by the database and added up."""
    whose = {mine_of(member): member for member in members}
    kept = CountDelta.objects.filter(bucket__in=whose).values_list("bucket").annotate(total=Sum("n"))
    return {whose[bucket]: total for bucket, total in kept if total}


def route_started(event: Event) -> None:
    """Reaction: somebody for what has just begun (RT-11). What a member began is not given out."""
    if event.actor_id is not None:
        return
    with workspace_scope(event.workspace_id):
        if conversation := _routed(event):
            route(conversation)


def route_again(event: Event) -> None:
    """Reaction: an answer opened it (RT-11)."""
    if event.payload.get("reason") != "answer":
        return
    with workspace_scope(event.workspace_id):
        conversation = Conversation.objects.filter(pk=event.conversation_id).first()
        if conversation:
            route_reopened(conversation)


def _routed(event: Event) -> Conversation | None:
    """The conversation, when its chatflow or channel gives anything out: one question where nothing does."""
    giving = RoutingRule.objects.exclude(mode=RoutingMode.UNASSIGNED)
    gives = Exists(giving.filter(channel=OuterRef("channel"))) | Exists(
        giving.filter(chatflow=OuterRef("detail__chatflow"))
    )
    return Conversation.objects.filter(gives, pk=event.conversation_id).first()


def drain_for(event: Event) -> None:
    """Reaction: somebody became available, or closed one and has room again (RT-12)."""
    with workspace_scope(event.workspace_id):
        member = _with_room(event)
        waiting = _queue(member) if member else []
    for pk in waiting:
        with workspace_scope(event.workspace_id):
            if _room(member) <= 0:
                return
            conversation = Conversation.objects.filter(pk=pk).first()
            if conversation:
                route(conversation, occasion=Occasion.DRAINED)


def _with_room(event: Event) -> Member | None:
    if not RoutingRule.objects.filter(drain_queue_on_available=True).exists():
        return None
    pk = event.payload.get("member")
    if pk is None:
        owners = Conversation.objects.filter(pk=event.conversation_id)
        pk = owners.values_list("assignee", flat=True).first()
    here = Member.objects.active().filter(workspace=event.workspace_id)
    return here.filter(pk=pk, availability=Availability.AVAILABLE).first()


def _queue(member: Member) -> list[int]:
    """What waits for rules that hand out their queue, in the inboxes of this member, longest first."""
    rules = RoutingRule.objects.filter(drain_queue_on_available=True).exclude(mode=RoutingMode.UNASSIGNED)
    waiting = Conversation.objects.worked_by(member).open().unassigned().exclude(waiting_since=None)
    own = RoutingRule.objects.filter(chatflow=OuterRef("detail__chatflow"))
    waiting = waiting.filter(
        Q(detail__chatflow__in=rules.exclude(chatflow=None).values("chatflow"))
        | Q(~Exists(own), channel__in=rules.values("channel"))
    )
    return list(waiting.order_by("waiting_since", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def _room(member: Member) -> int:
    most = USUAL_ROOM if member.max_open is None else member.max_open
    return most - open_counts([member.pk]).get(member.pk, 0)
