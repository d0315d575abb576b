"""What a bot has decided to say: when each balloon is due, and how it becomes a message."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import translation

from chatflows.models import FlowSession
from chatflows.widget.bots import asks_of, name_of
from conversations.actions.outgoing import Written, new_message
from conversations.append import NewMessage, append
from conversations.models import Conversation

MOST_WAITING = 100


def entries_of(effects: Iterable[dict], now: datetime, delay_ms: int, before: list[dict]) -> list[dict]:
    """What waits to be said, each with its hour: the first at once, each further one after the typing delay (BE-5)."""
    entries = list(before)
    at = datetime.fromisoformat(entries[-1]["at"]) + timedelta(milliseconds=delay_ms) if entries else now
    at = max(at, now)
    for effect in effects:
        if effect["do"] == "say":
            told = {"body": effect["body"], "flow": effect["flow"]}
            entries.append({"id": str(uuid.uuid4()), "at": at.isoformat(), **told})
            at += timedelta(milliseconds=delay_ms)
    return entries[:MOST_WAITING]


def write(session: FlowSession, conversation: Conversation, due: list[dict]) -> None:
    language = session.facts.get("language", "")
    name = name_of(session.version, language)[:200]
    with translation.override(language or session.version.chatflow.language):
        messages = [_message(conversation, one, name) for one in due]
    if session.waiting and conversation.channel_kind == "messenger":
        messages[-1] = replace(messages[-1], extra=messages[-1].extra | {"goes_on": True})
    append(messages)
    if conversation.bot_since:  # whoever the bot has answered waits for nobody of us
        Conversation.objects.filter(pk=conversation.pk).update(waiting_since=None)


def _message(conversation: Conversation, entry: dict, name: str) -> NewMessage:
    message = new_message(
        conversation,
        conversation.channel,
        Written.of(entry["body"], ""),
        by=None,
        author_name=name,
        client_id=uuid.UUID(entry["id"]),
    )
    return replace(message, extra={"flow": entry["flow"]} | _buttons(conversation, entry["flow"]))


def _buttons(conversation: Conversation, flow: dict) -> dict:
    """On Messenger they leave with the words, as quick replies; a site's panel reads them from the flow."""
    if conversation.channel_kind != "messenger":
        return {}
    replies = (asks_of(flow) or {}).get("replies", [])
    return {"choices": [{"label": one["label"], "value": one["value"]} for one in replies]}
