"""The version of a chatflow that a visitor's browser says it met."""

import uuid

from chatflows.models import ChatflowVersion, FlowStatus
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
