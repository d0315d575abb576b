"""The same mail in another conversation: it was written to two addresses of ours (EM-10)."""

from collections.abc import Iterable

from conversations.models import Conversation, Direction, Message
from conversations.threading import with_external_ids
from inboxes.models import Channel
from workspaces.models import Member

MOST = 5


def also_in(messages: Iterable[Message], member: Member) -> dict[int, list[int]]:
    """Of each incoming mail by its id, the other conversations that hold it, as far as a member may see them.

    One statement for all of them; none when nobody wrote to several addresses, which is the rule.
    """
    asked = [one for one in messages if one.direction == Direction.IN and one.external_id and _has_more(one)]
    if not asked:
        return {}
    seen = Conversation.objects.visible_to(member).filter(trashed_at=None)
    same = with_external_ids(Channel.objects.values("pk"), {one.external_id for one in asked}).filter(
        direction=Direction.IN, conversation__in=seen
    )
    found: dict[str, list[int]] = {}
    for name, conversation in same.order_by("pk").values_list("external_id", "conversation_id"):
        found.setdefault(name, []).append(conversation)
    return {
        one.pk: [pk for pk in found.get(one.external_id, []) if pk != one.conversation_id][:MOST]
        for one in asked
    }


def _has_more(message: Message) -> bool:
    """Whether it was written to several addresses."""
    mail = (message.extra or {}).get("mail")
    return isinstance(mail, dict) and len(mail.get("to") or []) + len(mail.get("cc") or []) > 1
