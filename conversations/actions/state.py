"""Whose it is, and whether it is open."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from conversations.actions.base import lock, with_it
from conversations.models import Conversation, ConversationDetail, Status
from events.models import Audience
from events.record import record
from events.types import (
    CONVERSATION_ASSIGNED,
    CONVERSATION_CLOSED,
    CONVERSATION_REOPENED,
    CONVERSATION_SNOOZED,
)
from workspaces.models import Member, Team


@transaction.atomic
def assign(
    conversation: Conversation, *, to: Member | Team | None, by: Member | None, reason: str = "by_hand"
):
    """Give the conversation to a member, a team or nobody. Assigning twice records once (RT-4)."""
    conversation = lock(conversation)
    member = to if isinstance(to, Member) else None
    team = to if isinstance(to, Team) else None
    if (conversation.assignee_id, conversation.team_id) == (member and member.pk, team and team.pk):
        return conversation
    previous = conversation.assignee_id
    conversation.assignee, conversation.team = member, team
    if member or team:
        conversation.bot_since = (
            None  # whoever is given it takes it from the bot, which is silent at once (BE-9)
        )
    conversation.version += 1
    conversation.save(update_fields=["assignee", "team", "bot_since", "version"])
    with_it(conversation)
    ConversationDetail.objects.filter(conversation=conversation).update(assigned_at=timezone.now())
    record(
        CONVERSATION_ASSIGNED,
        conversation,
        by=by,
        assignee=member and member.pk,
        team=team and team.pk,
        previous=previous,
        reason=reason,
    )
    return conversation


@transaction.atomic
def set_status(
    conversation: Conversation, status: str, *, by: Member | None, reason: str = ""
) -> Conversation:
    """Close or re-open. Doing it twice records once."""
    conversation = lock(conversation)
    if conversation.status == status:
        return conversation
    conversation.status = status
    conversation.closed_at = timezone.now() if status == Status.CLOSED else None
    conversation.snoozed_until = None
    conversation.version += 1
    conversation.save(update_fields=["status", "closed_at", "snoozed_until", "version"])
    type = CONVERSATION_CLOSED if status == Status.CLOSED else CONVERSATION_REOPENED
    # The widget tells its visitor that the chat was closed, so this one is theirs to hear as well.
    told = {"reason": reason} if reason and type == CONVERSATION_REOPENED else {}
    record(type, conversation, by=by, audience=Audience.VISITOR, status=status, **told)
    return conversation


@transaction.atomic
def snooze(conversation: Conversation, *, until: datetime | None, by: Member | None) -> Conversation:
    """Put it aside until an hour, or (None) until they answer; whatever the customer writes wakes it before (CO-6)."""
    conversation = lock(conversation)
    if (conversation.status, conversation.snoozed_until) == (Status.SNOOZED, until):
        return conversation
    conversation.status, conversation.closed_at, conversation.snoozed_until = Status.SNOOZED, None, until
    conversation.version += 1
    conversation.save(update_fields=["status", "closed_at", "snoozed_until", "version"])
    record(CONVERSATION_SNOOZED, conversation, by=by, until=until and until.isoformat())
    return conversation
