"""What is told of an event, and to whom (NO-6). Late or twice is harmless: a key is told once."""

from conversations.models import Comment, Conversation, Direction, Message
from events import types
from events.models import Event
from inboxes.kinds import get_kind
from notifications import audience
from notifications.actions import comment_key, mark_read, notify_mentions, settle, tell
from notifications.models import Device
from notifications.topics import Topic
from tickets.models import Ticket
from workspaces.models import Member
from workspaces.permissions import Permission
from workspaces.scope import workspace_scope


def notify(event: Event) -> None:
    """Reaction: who hears of this event, as things stand now."""
    with workspace_scope(event.workspace_id):
        conversation = (
            Conversation.objects.present().select_related("inbox").filter(pk=event.conversation_id).first()
        )
        if conversation is not None:
            TELLS[event.type](event, conversation)
        elif event.conversation_id is None and event.type in DUE:
            _due_without_conversation(event)


def stand_down(event: Event) -> None:
    """Reaction: what was taken, closed or set aside calls nobody any more."""
    with workspace_scope(event.workspace_id):
        conversation = Conversation.objects.filter(pk=event.conversation_id).first()
        if conversation is not None and not _is_up_for_grabs(conversation):
            settle(conversation)


def tell_of_drift(event: Event) -> None:
    """Reaction: reports said something else than what happened; who manages the workspace should know."""
    with workspace_scope(event.workspace_id):
        people = Member.objects.active().filter(workspace=event.workspace_id)
        managers = people.holding(Permission.MANAGE_WORKSPACE).select_related("user", "workspace")
        tell(managers, topic=Topic.ATTENTION, key=f"event:{event.pk}", about="figures")


def _is_up_for_grabs(conversation: Conversation) -> bool:
    free = conversation.bot_since is None  # while a bot has it, nobody is called
    nobodys = free and conversation.assignee_id is None and conversation.team_id is None
    return nobodys and conversation.place() == "open"


def _started(event: Event, conversation: Conversation) -> None:
    if not _is_up_for_grabs(conversation) or event.actor_id:
        return
    topic = Topic.CHAT if get_kind(conversation.channel_kind).visitors else Topic.UNASSIGNED
    _tell(event, conversation, topic, audience.workers_of(conversation), message=_first_of(conversation))


def _handed_over(event: Event, conversation: Conversation) -> None:
    """A bot gave it up: for people it begins now."""
    if _is_up_for_grabs(conversation):
        topic = Topic.CHAT if get_kind(conversation.channel_kind).visitors else Topic.UNASSIGNED
        _tell(event, conversation, topic, audience.workers_of(conversation), message=_last_of(conversation))


def _first_of(conversation: Conversation) -> Message | None:
    return conversation.messages.filter(direction=Direction.IN).order_by("seq").first()


def _assigned(event: Event, conversation: Conversation) -> None:
    """To a member, or to all of a team; not any more when it was given away again."""
    to, words = event.payload, _last_of(conversation)
    if to["assignee"] and to["assignee"] == conversation.assignee_id:
        owner = audience.people(conversation, [to["assignee"]])
        _tell(event, conversation, Topic.ASSIGNED, owner, message=words)
    elif to["team"] and to["team"] == conversation.team_id:
        team = audience.team_of(conversation, to["team"])
        _tell(event, conversation, Topic.ASSIGNED, team, message=words, about="team")


def _owner_missed(event: Event, conversation: Conversation) -> None:
    """The owner of the contact was away when it came (RT-8): it waits for anybody, but they should know."""
    owner = audience.people(conversation, [event.payload["owner"]])
    _tell(event, conversation, Topic.ASSIGNED, owner, message=_last_of(conversation), about="owner")


def _reopened(event: Event, conversation: Conversation) -> None:
    """Whoever has it snoozed it, or knew of it: the hour has come (CO-6). What an answer woke is told as a message."""
    if event.payload.get("reason") == "woken" and conversation.assignee_id:
        owner = audience.people(conversation, [conversation.assignee_id])
        _tell(event, conversation, Topic.ASSIGNED, owner, message=_last_of(conversation), about="woken")


def _last_of(conversation: Conversation) -> Message | None:
    """What the customer said last: that is what whoever gets it wants to read first."""
    return conversation.messages.filter(direction=Direction.IN).order_by("-seq").first()


def _message(event: Event, conversation: Conversation) -> None:
    message = Message.objects.filter(pk=event.payload["message"]).first()
    if message is None or (message.direction == Direction.OUT and message.member_id is None):
        return
    if message.direction == Direction.IN and _first_of(conversation) == message:
        return  # told as a new conversation, or as one that was given to somebody
    owner = {conversation.assignee_id} - {None}
    followers = audience.takes_part(conversation) - owner
    if (
        message.direction == Direction.OUT
    ):  # a colleague answered: for the owner it is no message of a customer
        followers |= owner
    else:
        _tell(event, conversation, Topic.MESSAGE, audience.people(conversation, owner), message=message)
    _tell(event, conversation, Topic.REPLY, audience.people(conversation, followers), message=message)


def _comment(event: Event, conversation: Conversation) -> None:
    comment = Comment.objects.filter(pk=event.payload["comment"]).first()
    if comment is None:
        return
    # Whoever is named in it hears that, and not once more that there is a comment: both have the same key.
    named = audience.people(conversation, comment.mentions.values_list("member", flat=True))
    notify_mentions(comment, named)
    ids = audience.takes_part(conversation) | {conversation.assignee_id}
    members = audience.people(conversation, ids)
    _tell(event, conversation, Topic.COMMENT, members, comment=comment, key=comment_key(comment.pk))


def _delivery(event: Event, conversation: Conversation) -> None:
    if event.payload["delivery"] != "failed":
        return
    for message in Message.objects.filter(pk__in=event.payload["messages"]):
        writer = audience.people(conversation, [message.member_id])
        _tell(event, conversation, Topic.FAILED, writer, message=message, key=f"failed:{message.pk}")


def _held(event: Event, conversation: Conversation) -> None:
    writer = audience.people(conversation, [event.payload["member"]])
    _tell(event, conversation, Topic.FAILED, writer, about="held")


def _rated(event: Event, conversation: Conversation) -> None:
    """A low vote is told to whoever had the conversation, and to managers who may read it."""
    if not event.payload.get("low"):
        return
    wrote = (
        conversation.messages.exclude(member=None).order_by("-seq").values_list("member", flat=True).first()
    )
    concerned = audience.people(conversation, [conversation.assignee_id or wrote])
    managers = audience.members_here(conversation).holding(Permission.VIEW_REPORTS).holding(Permission.WORK)
    _tell(event, conversation, Topic.RATED, list({one.pk: one for one in (*concerned, *managers)}.values()))


DUE = {types.TICKET_SLA_DUE_SOON: "soon", types.TICKET_SLA_OVERDUE: "late"}


def _due(event: Event, conversation: Conversation) -> None:
    """The owner of the ticket; when nobody is, its teams; when there are none, who manages tickets in the inbox (NO-6)."""
    ticket = _open_ticket(event)
    if ticket:
        members = audience.owners_of(conversation, ticket.owner_id, _teams_of(ticket))
        _tell(event, conversation, Topic.DUE, members, about=DUE[event.type])


def _due_without_conversation(event: Event) -> None:
    """The same of a ticket that was made by itself: it is the ticket that one is told of."""
    ticket = _open_ticket(event)
    if ticket:
        members = audience.owners_of(ticket, ticket.owner_id, _teams_of(ticket))
        hearing = audience.who_hears_of_ticket(ticket, members, Topic.DUE)
        tell(hearing, topic=Topic.DUE, key=f"event:{event.pk}", ticket=ticket, about=DUE[event.type])


def _open_ticket(event: Event) -> Ticket | None:
    rows = Ticket.objects.open().select_related("inbox")
    return rows.filter(pk=event.payload["ticket"]).first()


def _teams_of(ticket: Ticket) -> list[int]:
    return list(ticket.team_marks.values_list("team", flat=True))


def _tell(event: Event, conversation: Conversation, topic: str, members, *, key: str = "", **about) -> None:
    hearing = audience.who_hears(conversation, members, topic, actor=event.actor_id)
    about |= {"conversation": conversation, "actor_id": event.actor_id}
    tell(hearing, topic=topic, key=key or f"event:{event.pk}", **about)


TELLS = {
    types.CONVERSATION_STARTED: _started,
    types.CONVERSATION_ASSIGNED: _assigned,
    types.BOT_HANDED_OVER: _handed_over,
    types.CONVERSATION_REOPENED: _reopened,
    types.CONVERSATION_OWNER_MISSED: _owner_missed,
    types.MESSAGE_RECEIVED: _message,
    types.MESSAGE_SENT: _message,
    types.COMMENT_ADDED: _comment,
    types.MESSAGE_DELIVERY_CHANGED: _delivery,
    types.REPLY_HELD: _held,
    types.TICKET_SLA_DUE_SOON: _due,
    types.TICKET_SLA_OVERDUE: _due,
    types.SURVEY_ANSWERED: _rated,
}


# ── In the same transaction ──


def forget_what_was_read(sender, conversation: Conversation, by: Member, **told) -> None:
    """Whoever opens a conversation has read what they were told of it."""
    mark_read(by, conversation=conversation)


def forget_what_was_read_of(sender, ticket: Ticket, by: Member, **told) -> None:
    """The same of a ticket without a conversation."""
    mark_read(by, ticket=ticket)


def forget_devices_of(member: Member, **told) -> None:
    """AC-7: who left hears nothing any more."""
    Device.objects.filter(member=member).delete()
