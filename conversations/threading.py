"""Which conversation does a message belong to? Decides; writes nothing."""

from conversations.models import Conversation, Message


def find_conversation(inbound) -> Conversation | None:
    """Return the conversation an Inbound joins, locked, or None for a new one.

    A chat goes on in the conversation its visitor is in (CT-13) unless they asked for a new one; mail joins by the
    Message-IDs of ours that it names, never by a number in the subject (SECURITY 2.6). Spam and trash are never joined
    (ST-4, FM-7).
    """
    mine = Conversation.objects.present().select_for_update(of=("self",))
    if inbound.conversation_id:
        same_visitor = mine.filter(visitor=inbound.visitor) if inbound.visitor else mine.none()
        return same_visitor.filter(pk=inbound.conversation_id).first()
    if inbound.starts_new:
        return None
    if inbound.visitor:
        return mine.filter(visitor=inbound.visitor).order_by("-pk").first()
    if inbound.in_reply_to:
        named = Message.objects.filter(channel=inbound.channel, external_id__in=inbound.in_reply_to)
        return mine.filter(pk__in=named.values("conversation")).order_by("-pk").first()
    return None
