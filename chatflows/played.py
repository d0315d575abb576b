"""A draft's walk in the words of the visitor's panel: what it asks a server for, answered without a row being written. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from chatflows import sentences, simulate
from chatflows.definition import Flow
from chatflows.widget.bots import asks_of, face_of_bot
from workspaces.models import hue_of, initials_of

CONVERSATION = "draft"


def face(name: str) -> dict:
    return {
        "name": name,
        "initials": initials_of(name),
        "hue": hue_of(name),
        "picture": "",
        "title": "",
        "here": True,
    }


def play(
    flow: Flow,
    script: Sequence[Mapping[str, Any]],
    facts: Mapping[str, Any],
    settings: Mapping[str, Any],
    *,
    speaker: str,
    opening: Sequence[Mapping[str, Any]] = (),
) -> dict:
    """The whole chat so far: {messages, notes, over, bot, agent}.

    `script` is what the visitor wrote: [{id, text, reply}]. `opening` is what stands before a chat without steps. A note
    is what the bot would do unseen: {seq of the message before it, line}.
    """
    now = timezone.now().isoformat()
    messages: list[dict] = []
    notes: list[dict] = []
    ids = iter([str(one.get("id", "")) for one in script])

    def add(who: str, name: str, body: str, **more: Any) -> None:
        seq = len(messages) + 1
        told = {"seq": seq, "from": who, "name": name, "body": body, "at": now}
        messages.append(told | {"initials": initials_of(name), "hue": hue_of(name)} | more)

    for one in opening:
        add("welcome", str(one["name"]), str(one["body"]))
    walk = simulate.simulate(flow, script, facts, settings)
    for line in walk.lines:
        if line.who == "note":
            notes.append({"seq": len(messages), "line": line})
        elif line.who == "visitor":
            add("me", "", line.text, client_id=next(ids, ""), state="sent")
        else:
            asks = asks_of(line.flow)
            add("bot", speaker, line.text, **({"asks": asks} if asks else {}))
    handed = walk.over and any(note["line"].kind == "handover" for note in notes)
    taken = bool(handed and facts.get("available") and facts.get("channel_open"))
    return {
        "messages": messages,
        "notes": notes,
        "over": walk.over,
        "bot": None
        if walk.over or not flow.steps
        else face(speaker)
        | face_of_bot(speaker)
        | {"title": sentences.say(settings.get("sentences"), "at_once")},
        "agent": face(str(facts.get("agent") or "")) if taken else None,
    }
