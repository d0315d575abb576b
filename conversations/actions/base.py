"""What the verbs share."""

from conversations.models import Conversation


def with_it(conversation: Conversation) -> None:
    """What was merged into it goes where it goes: whoever may see the one may see all that it shows."""
    conversation.merged.update(
        inbox=conversation.inbox_id,
        assignee=conversation.assignee_id,
        team=conversation.team_id,
        bot_since=None,
    )


def lock(conversation: Conversation) -> Conversation:
    """Its verbs wait for each other. What only refers to it (a draft that is kept meanwhile) does not wait for them."""
    return Conversation.objects.select_for_update(of=("self",), no_key=True).get(pk=conversation.pk)
