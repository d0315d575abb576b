"""What the verbs share."""

from conversations.models import Conversation


def lock(conversation: Conversation) -> Conversation:
    return Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
