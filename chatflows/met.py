"""The version of a chatflow that a visitor's browser says it met, and that a conversation began with."""

import uuid
from functools import partial

from django.db import transaction

from chatflows import figures
from chatflows.models import ChatflowVersion, FlowKind, FlowStatus, Measure
from conversations.models import ConversationDetail
from inboxes.models import Channel


def version_of(channel: Channel, public_id: str) -> ChatflowVersion | None:
    """That version, when visitors of this channel may meet it now. Inside the scope."""
    try:
        known_as = uuid.UUID(public_id or "")
    except (ValueError, AttributeError, TypeError):
        return None
    found = ChatflowVersion.objects.select_related("chatflow").filter(
        public_id=known_as, chatflow__channel=channel, chatflow__status=FlowStatus.LIVE
    )
    version = found.first()
    if version is None or version.pk not in (version.chatflow.published_id, version.chatflow.rival_id):
        return None
    return version


def remember(conversation_id: int, version: ChatflowVersion) -> None:
    """By whose rule it is given out (LC-4), and of which version reports tell. Before anybody reacts to its beginning.

    Who writes to a live chat has begun with it; a bot counts its own walks, once somebody answered it (AN-3).
    """
    ConversationDetail.objects.filter(conversation=conversation_id).update(
        chatflow=version.chatflow_id, flow_version=version.pk
    )
    if version.chatflow.kind == FlowKind.LIVE:
        told = {"workspace": version.workspace_id, "flow": version.chatflow_id, "version": version.pk}
        transaction.on_commit(partial(figures.note, Measure.STARTED, **told), robust=True)
