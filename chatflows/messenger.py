"""Chatflows on Messenger: a page's primary one answers who writes first, another only by the link that names it (FM-3)."""

import uuid
from dataclasses import replace

from django.utils import translation

from chatflows import session
from chatflows.met import remember
from chatflows.models import Chatflow, ChatflowVersion, FlowSession, Outcome
from chatflows.settings_of import options_of
from chatflows.widget.config import choose_language
from chatflows.widget.flows import shown_in
from conversations.actions import lock
from conversations.actions.outgoing import Written, new_message
from conversations.append import append
from conversations.models import Conversation, Direction
from conversations.windows import ANYBODY, window_of
from events.models import Event
from inboxes.models import Channel
from inboxes.opening import opening_of

KIND = "messenger"
# What an instant reply is known by, so that the same reaction twice says it once.
SAID = uuid.UUID("6f0c1c0e-5f0b-4c55-9d43-0b8f1f6e7a11")


def meet(conversation_id: int) -> None:
    """The first message of a thread: the chatflow that its link names, else the primary one. Twice is harmless."""
    conversation = lock(Conversation(pk=conversation_id))
    if conversation.channel_kind != KIND or conversation.flow_sessions.exists():
        return
    first = conversation.messages.filter(direction=Direction.IN).order_by("seq").first()
    told = first.extra.get(KIND, {}) if first else {"standby": True}
    if told.get("standby"):  # another app answers this person
        return
    version = find_named(conversation.channel, told.get("ref", "")) or _primary(conversation.channel)
    if version is None or not _may_speak(conversation, version):
        return
    if version.chatflow.kind == "bot":
        session.begin(conversation.pk, version, opened=False)
    else:
        _reply(conversation, version, f"message:{first.pk}")


def refer(event: Event) -> None:
    """Somebody with a thread came by a link again: the chatflow that it names begins, unless a person has them."""
    conversation = lock(Conversation(pk=event.conversation_id))
    version = find_named(conversation.channel, event.payload.get("ref", ""))
    if version is None or not _may_speak(conversation, version):
        return
    if version.chatflow.kind != "bot":
        _reply(conversation, version, f"event:{event.pk}")
        return
    if conversation.flow_sessions.filter(started_at__gte=event.created_at).exists():
        return  # it began then
    for walk in FlowSession.objects.select_related("version__chatflow").filter(
        conversation=conversation, ended_at=None
    ):
        if walk.version.chatflow_id == version.chatflow_id:
            return
        session.end(walk, Outcome.ENDED)
    session.begin(conversation.pk, version, opened=False, by_link=True)


def find_named(channel: Channel, ref: str) -> ChatflowVersion | None:
    """What visitors meet of the chatflow that a link names. Links of its earlier versions lead there too."""
    try:
        known_as = uuid.UUID(ref or "")
    except (ValueError, AttributeError, TypeError):
        return None
    version = ChatflowVersion.objects.filter(public_id=known_as, chatflow__channel=channel).first()
    return _met(Chatflow.objects.filter(pk=version.chatflow_id)) if version else None


def _primary(channel: Channel) -> ChatflowVersion | None:
    return _met(Chatflow.objects.filter(channel=channel, is_primary=True))


def _met(flows) -> ChatflowVersion | None:
    flow = flows.live().first()
    versions = ChatflowVersion.objects.select_related("chatflow__workspace")
    return versions.get(pk=flow.published_id) if flow else None


def _may_speak(conversation: Conversation, version: ChatflowVersion) -> bool:
    """FM-6: within the day after the customer's word; and nobody of the team has them (BE-9), in its hours (OP-1)."""
    if conversation.assignee_id or conversation.team_id or conversation.place() != "open":
        return False
    window = window_of(conversation)
    if window is None or window.state != ANYBODY:
        return False
    in_hours = options_of(version.options)["availability"] == "hours"
    return not in_hours or opening_of(conversation.channel).open


def _reply(conversation: Conversation, version: ChatflowVersion, cause: str) -> None:
    """FM-2: one message at once; then it is people's."""
    remember(conversation.pk, version)
    channel = conversation.channel
    language = choose_language(channel, conversation.language)
    with translation.override(language):
        said = shown_in(version, channel, conversation.language).opening()
    if said:
        message = new_message(
            conversation,
            channel,
            Written.of(said[0]["body"], ""),
            by=None,
            author_name=said[0]["name"][:200],
            client_id=uuid.uuid5(SAID, cause),
        )
        append([replace(message, extra={"flow": {"instant": True}})])
