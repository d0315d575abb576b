"""What of a bot's walk its visitor is told: who speaks, whether more is coming, and what the last message asks."""

from collections.abc import Sequence

from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext as _

from chatflows import sentences
from chatflows.models import ChatflowVersion, FlowSession
from chatflows.settings_of import text_of
from workspaces.models import hue_of, initials_of

# The rest of what a bot notes on its messages is the machine's own.
ASKED = ("replies", "many", "input", "links", "error")
AGAIN = "__again__"


def asks_of(flow: object) -> dict | None:
    """How a bot's message may be answered, as the panel draws it."""
    if not isinstance(flow, dict):
        return None
    told = {name: flow[name] for name in ASKED if flow.get(name)}
    if flow.get("typed") is False and told.get("replies"):
        told["closed"] = True
    if flow.get("again"):
        told["replies"] = [{"value": AGAIN, "label": flow.get("again_label") or _("Start over")}]
    return told or None


def bots_of(conversations: Sequence[int]) -> dict[int, dict]:
    """Conversation -> who has it while no person does; `busy`: it is not done speaking."""
    if not conversations:
        return {}
    walks = FlowSession.objects.filter(conversation__in=conversations, ended_at=None)
    rows = walks.select_related("conversation", "version__chatflow", "version__chatflow__workspace")
    return {walk.conversation_id: _face(walk) for walk in rows}


def _face(walk: FlowSession) -> dict:
    name = name_of(walk.version, walk.version.chatflow.language)
    own = walk.version.chatflow.language
    language = walk.conversation.language or own
    with translation.override(language):
        title = sentences.say(sentences.written(walk.version.translations, own, language), "at_once")
    return face_of_bot(name) | {
        "name": name,
        "title": title,
        "busy": walk.due_at is not None,
    }


def face_of_bot(name: str) -> dict:
    """LC-1: a bot shows a robot, and no dot: it is not somebody who is there."""
    drawn = static("bot.svg")
    return {"initials": initials_of(name), "hue": hue_of(name), "picture": drawn, "here": False}


def name_of(version: ChatflowVersion, language: str) -> str:
    """A name of its own, else that of the team it speaks for."""
    team = version.chatflow.workspace.name
    return text_of(version.options, version.translations, "custom_name", language, team)
