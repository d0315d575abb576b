"""The same mail in another conversation: it was written to two addresses of ours (EM-10)."""

from conversations.models import Conversation, Direction, Message
from conversations.threading import with_external_ids
from inboxes.models import Channel
from workspaces.models import Member

MOST = 5


def twins_of(conversation: Conversation, member: Member) -> list[Conversation]:
    """Conversations of other channels that hold the same incoming mail, as far as a member may see them."""
    incoming = Message.objects.filter(conversation=conversation, direction=Direction.IN).exclude(
        external_id=""
    )
    names = list(incoming.order_by("-seq").values_list("external_id", flat=True)[:MOST])
    if not names:
        return []
    others = Channel.objects.exclude(pk=conversation.channel_id).values_list("pk", flat=True)
    same = with_external_ids(list(others), names).exclude(conversation=conversation.pk)
    rows = Conversation.objects.visible_to(member).filter(trashed_at=None, pk__in=same.values("conversation"))
    return list(rows.select_related("channel", "inbox").newest_first()[:MOST])
