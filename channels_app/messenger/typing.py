"""Customers see in Messenger that somebody writes to them. A courtesy: seldom enough for Meta's limits, and lost is lost."""

from channels_app.messenger import account
from channels_app.messenger.sender import act
from conversations.models import Conversation
from conversations.windows import ANYBODY, window_of
from events import dispatch
from workspaces.scope import workspace_scope

SHOWN = 15  # seconds; Messenger shows it for twenty


def pass_on(workspace_id: int, conversation_id: int, *, on: bool) -> None:
    """Ask a worker to say it, at most once in a while however many write and however often they say so."""
    from channels_app.tasks import show_typing

    key = f"{dispatch.settings.KEY_PREFIX}:messenger-typing:{workspace_id}:{conversation_id}"

    def ask(client) -> None:
        is_news = client.set(key, 1, nx=True, ex=SHOWN) if on else client.delete(key)
        if is_news:
            show_typing.apply_async(args=[workspace_id, conversation_id, on], retry=False, expires=5)

    dispatch.quietly(ask)


def show(workspace_id: int, conversation_id: int, on: bool) -> None:
    """Say it, where the customer may be answered by anybody now. The network is outside the scope."""
    from channels_app.messenger.adapter import person_of

    with workspace_scope(workspace_id):
        rows = Conversation.objects.select_related("channel", "contact")
        conversation = rows.filter(pk=conversation_id, channel_kind="messenger").first()
        window = window_of(conversation) if conversation else None
        if conversation is None or window is None or window.state != ANYBODY or window.is_elsewhere:
            return
        access = account.access_to(conversation.channel)
        user = person_of(conversation) if access else ""
    if access:
        act(access, user, "typing_on" if on else "typing_off")
