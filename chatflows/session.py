"""A bot's walk through a conversation, kept in a row: what was heard, what is to be said and when.

The visitor's message is committed first, as any; the machine runs afterwards, under the lock of the conversation and
then of the session. `handled_seq` says up to which message it has answered, so the same reaction twice changes nothing;
everything the bot says carries an id of its own from the moment it is decided, so that a worker which dies in between
says it neither twice nor never. Balloons wait for the typing delay as entries with an hour, not as sleeping workers.
"""

import uuid
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from chatflows import engine, facts, figures, flows_kept, sentences
from chatflows.definition import Flow
from chatflows.doers import Doing, carry_out
from chatflows.handover import let_go
from chatflows.met import remember
from chatflows.models import ChatflowVersion, FlowKind, FlowSession, Measure, Outcome
from chatflows.settings_of import options_of, text_of
from chatflows.spoken import entries_of, write
from chatflows.widget.bots import name_of
from contacts.models import Visitor
from conversations.actions import lock, route
from conversations.models import Conversation, Direction, Message, MessageKind, Occasion
from events.models import Interest
from events.record import record
from events.types import BOT_ASKED, BOT_ENDED, BOT_HANDED_OVER, BOT_STARTED, MESSAGE_RECEIVED

LATER = {"webhook"}
# What the machine ends with, in the words of the row.
OUTCOMES = {
    engine.COMPLETED: Outcome.COMPLETED,
    engine.HANDED_OVER: Outcome.HANDED_OVER,
    engine.ENDED: Outcome.ENDED,
}
REACTION = "chatflows.reactions.answer"

# ── Its beginning ──


def opening_of(version: ChatflowVersion, language: str) -> list[dict]:
    """What the bot says before the visitor's first word: [{"body", "name", "flow"}]."""
    flow = flows_kept.flow_of(version, language)
    with translation.override(language or version.chatflow.language):
        effects, _state = engine.begin(flow, {}, settings_of(version, language))
    name = name_of(version, language)
    return [{"body": one["body"], "name": name, "flow": one["flow"]} for one in effects if one["do"] == "say"]


@transaction.atomic
def begin(
    conversation_id: int,
    version: ChatflowVersion,
    *,
    visitor: Visitor | None = None,
    facts: dict | None = None,
    opened: bool = True,
    by_link: bool = False,
) -> FlowSession | None:
    """The bot has this conversation from now on (RT-10). `opened`: the visitor saw what it says first.

    `by_link`: no message called it; it opens by itself, and answers what is written from now on.
    Nothing is answered here: that is the reaction's, once the visitor's message is certain.
    """
    conversation = lock(Conversation(pk=conversation_id))
    if conversation.assignee_id or conversation.team_id or conversation.place() != "open":
        return None
    session = _begin(
        conversation,
        version,
        facts_of_page(conversation, facts or {}),
        opened=opened,
        handled=conversation.last_seq if by_link else 0,
    )
    if by_link:
        session.state["opened"] = True
        session.save(update_fields=["state"])
    return session


def facts_of_page(conversation: Conversation, told: dict) -> dict:
    return facts.at_start({"language": conversation.language} | told)


def _begin(
    conversation: Conversation, version: ChatflowVersion, known: dict, *, opened: bool, handled: int = 0
) -> FlowSession:
    effects, state = engine.begin(_flow(version, known), {}, settings_of(version, known.get("language", "")))
    options, now = options_of(version.options), timezone.now()
    session = FlowSession(
        conversation=conversation,
        version=version,
        state=state | {"opened": opened},
        step=state["at"] or "",
        facts=known,
        handled_seq=handled,
        expires_at=now + timedelta(minutes=options["session_minutes"]),
    )
    if not opened:
        session.waiting = entries_of(effects, now, options["typing_delay_ms"], [])
    session.save()
    remember(conversation.pk, version)
    conversation.bot_since = now
    conversation.save(update_fields=["bot_since"])
    Interest.objects.get_or_create(type=MESSAGE_RECEIVED, name=REACTION)
    record(BOT_STARTED, conversation, actor_kind="bot", session=session.pk, version=version.pk)
    _count(session, [(Measure.REACHED, one["step"]) for one in effects if one["do"] == "reached"])
    return session


# ── What it hears ──


@transaction.atomic
def hear(conversation_id: int) -> bool:
    """Answer every message that is not answered yet. Returns whether there was a bot to do so. Inside the scope."""
    conversation = lock(Conversation(pk=conversation_id))
    session = _open_session(conversation)
    if session is None:
        if conversation.bot_since is None:
            return False
        session = _again(conversation)
        if session is None:
            return False
    if not may_speak(session, conversation):
        end(session, Outcome.HANDED_OVER if conversation.place() == "open" else Outcome.ENDED)
        return False
    while waiting := _unheard(session):
        if session.ended_at is not None:  # an earlier message brought it to its end, this one begins it anew
            _speak(session, conversation)
            again = _again(conversation) if conversation.bot_since else None
            if again is None:
                return True
            session = again
        _hear(session, conversation, waiting[0])
    _speak(session, conversation)
    return True


def _open_session(conversation: Conversation) -> FlowSession | None:
    rows = FlowSession.objects.select_for_update(of=("self",)).select_related("version__chatflow__workspace")
    return rows.filter(conversation=conversation, ended_at=None).first()


def _unheard(session: FlowSession) -> list[Message]:
    theirs = session.conversation.messages.filter(direction=Direction.IN, kind=MessageKind.MESSAGE)
    return list(theirs.filter(seq__gt=session.handled_seq).order_by("seq"))


def may_speak(session: FlowSession, conversation: Conversation) -> bool:
    """BE-9: nobody of the team has it or wrote in it. After a hand-over of its own it may finish its sentence."""
    if conversation.place() != "open":
        return False
    if conversation.bot_since is not None:
        return True
    given = session.state.get("given")
    if given is None:
        return False
    wrote = conversation.messages.filter(direction=Direction.OUT, author_kind="member", seq__gt=given["seq"])
    return conversation.assignee_id == given["member"] and not wrote.exists()


def _hear(session: FlowSession, conversation: Conversation, message: Message) -> None:
    reply = [str(one) for one in message.extra.get("reply") or []][:20]
    session.handled_seq, session.last_input_at = message.seq, timezone.now()
    options = options_of(session.version.options)
    session.expires_at = session.last_input_at + timedelta(minutes=options["session_minutes"])
    if not session.state.get("started"):
        session.state["started"] = True
        _count(session, [(Measure.STARTED, "")])
        if not session.state["opened"] and session.state["mode"] == engine.ASKING:
            # It has not asked yet: what they wrote called it, and answers nothing.
            session.state["response"] = message.body[:5000]
            session.save()
            return
    _take(session, conversation, {"kind": "text", "text": message.body[:5000], "reply": reply})


@transaction.atomic
def answered(session_id: int, entry: str, result: dict) -> None:
    """What another server said to an entry of ours; the second time nobody waits for it any more."""
    found = FlowSession.objects.filter(pk=session_id).values_list("conversation", flat=True).first()
    if found is None:
        return
    conversation = lock(Conversation(pk=found))
    session = _open_session(conversation)
    if session is None or session.pk != session_id:
        return
    asked = next((one for one in session.state.get("asked", []) if one["id"] == entry), None)
    if asked is None:
        return
    session.state["asked"] = [one for one in session.state["asked"] if one["id"] != entry]
    if asked["effect"].get("job") and may_speak(session, conversation):
        _take(session, conversation, {"kind": "outside", "job": asked["effect"]["job"], "result": result})
        _speak(session, conversation)
    else:
        session.save(update_fields=["state"])


def _take(session: FlowSession, conversation: Conversation, input: dict) -> None:
    """One input through the machine, and whatever it leads to that we can answer ourselves."""
    known = facts.of_now(session, conversation)
    flow = _flow(session.version, session.facts)
    settings = settings_of(session.version, session.facts.get("language", ""))
    options = options_of(session.version.options)
    doing = Doing(session, conversation, name_of(session.version, session.facts.get("language", "")))
    changed = {key: value for key, value in known.items() if session.facts.get(key) != value}
    pending = [input]
    with translation.override(session.facts.get("language") or session.version.chatflow.language):
        while pending:
            given = pending.pop(0)
            session.inputs = [*session.inputs, [_seconds(session), given, changed]][-engine.MOST_TOTAL :]
            effects, state = engine.step(flow, session.state, given, known, settings)
            session.state = state
            session.waiting = entries_of(effects, timezone.now(), options["typing_delay_ms"], session.waiting)
            for effect in effects:
                if (result := _do(doing, effect)) is not None:
                    pending.append({"kind": "outside", "job": effect["job"], "result": result})
    session.step = session.state["at"] or ""
    session.save()


def _seconds(session: FlowSession) -> int:
    return int((timezone.now() - session.started_at).total_seconds())


def _do(doing: Doing, effect: dict) -> dict | None:
    """Returns the answer, when the effect asked for one that we know."""
    session = doing.session
    if effect["do"] == "say":
        return None
    if effect["do"] in LATER:
        entry = {"id": str(uuid.uuid4()), "effect": effect}
        session.state["asked"] = [*session.state.get("asked", []), entry][-20:]
        record(BOT_ASKED, doing.conversation, actor_kind="bot", session=session.pk, entry=entry["id"])
        return None
    result = carry_out(doing, effect)
    if effect["do"] == "handover":
        seq = doing.conversation.last_seq
        session.state["given"] = {"member": (result or {}).get("member"), "seq": seq}
        if doing.conversation.team_id:
            session.state["given"]["member"] = None
        _count(session, [(Measure.HANDED_OVER, "")])
    elif effect["do"] in ("reached", "answered"):
        _count(session, [(Measure(effect["do"]), effect["step"])])
    elif effect["do"] == "end":
        end(session, OUTCOMES[effect["outcome"]], save=False)
    return (result or {}) if effect.get("job") else None


# ── Its end ──


def end(session: FlowSession, outcome: str, *, save: bool = True) -> None:
    """Over. What it still has to say it says, unless a person took it."""
    session.ended_at, session.outcome = timezone.now(), outcome
    if outcome != Outcome.HANDED_OVER:  # counted when it happened
        _count(session, [(Measure(outcome), "")])
    if outcome == Outcome.ABANDONED:
        _count(session, [(Measure.DROPPED, session.step)])
    record(BOT_ENDED, session.conversation, actor_kind="bot", session=session.pk, outcome=str(outcome))
    if save:
        session.waiting, session.due_at = [], None
        session.save()


def _again(conversation: Conversation) -> FlowSession | None:
    """BE-8: after its end, or the time without a word, a new message begins it anew; a flow that is gone asks for a person."""
    last = (
        FlowSession.objects.filter(conversation=conversation)
        .select_related("version__chatflow")
        .order_by("-pk")
        .first()
    )
    flow = last.version.chatflow if last else None
    if flow is None or not flow.is_live() or flow.kind != FlowKind.BOT or flow.published_id is None:
        give_up(conversation, last)
        return None
    version = ChatflowVersion.objects.select_related("chatflow__workspace").get(pk=flow.published_id)
    return _begin(conversation, version, last.facts, opened=False, handled=last.handled_seq)


def give_up(conversation: Conversation, session: FlowSession | None) -> None:
    let_go(conversation)
    route(conversation, occasion=Occasion.HANDOVER)
    told = {"session": session and session.pk, "version": session and session.version_id, "member": None}
    record(BOT_HANDED_OVER, conversation, actor_kind="bot", **told)


@transaction.atomic
def expire(session_id: int) -> None:
    """The time without a word is up. Inside the scope."""
    found = (
        FlowSession.objects.filter(pk=session_id, ended_at=None)
        .values_list("conversation", flat=True)
        .first()
    )
    if found is None:
        return
    conversation = lock(Conversation(pk=found))
    session = _open_session(conversation)
    if session is None or session.pk != session_id or session.expires_at > timezone.now():
        return
    spoke = any(one[1]["kind"] == "text" for one in session.inputs)
    end(session, Outcome.ABANDONED if spoke else Outcome.ENDED)


# ── What it says ──


@transaction.atomic
def speak(session_id: int) -> None:
    """Say what is due. Inside the scope; twice is harmless."""
    found = (
        FlowSession.objects.filter(pk=session_id, due_at__isnull=False)
        .values_list("conversation", flat=True)
        .first()
    )
    if found is None:
        return
    conversation = lock(Conversation(pk=found))
    rows = FlowSession.objects.select_for_update(of=("self",)).select_related("version__chatflow__workspace")
    session = rows.get(pk=session_id)
    _speak(session, conversation)


def _speak(session: FlowSession, conversation: Conversation) -> None:
    if not may_speak(session, conversation):
        session.waiting, session.due_at = [], None
        if session.ended_at is None:
            end(session, Outcome.HANDED_OVER)
        session.save()
        return
    now = timezone.now()
    due = [one for one in session.waiting if datetime.fromisoformat(one["at"]) <= now]
    session.waiting = [one for one in session.waiting if one not in due]
    session.due_at = datetime.fromisoformat(session.waiting[0]["at"]) if session.waiting else None
    session.save()
    if due:
        write(session, conversation, due)
    if session.due_at:
        from chatflows.tasks import speak_later

        wait = max(0.0, (session.due_at - now).total_seconds())
        transaction.on_commit(partial(speak_later, session.workspace_id, session.pk, wait), robust=True)


# ── What it shares ──


def _flow(version: ChatflowVersion, known: dict) -> Flow:
    return flows_kept.flow_of(version, known.get("language", ""))


def settings_of(version: ChatflowVersion, language: str) -> dict[str, Any]:
    tries = options_of(version.options)["free_text_tries"]
    return {
        "error_text": text_of(version.options, version.translations, "error_text", language),
        "free_text_tries": tries,
        "sentences": sentences.written(version.translations, version.chatflow.language, language),
    }


def _count(session: FlowSession, noted: list[tuple[str, str]]) -> None:
    """Once it is certain: what is rolled back was never counted."""
    version = session.version
    for measure, step in noted:
        told = {
            "workspace": version.workspace_id,
            "flow": version.chatflow_id,
            "version": version.pk,
            "step": step,
        }
        transaction.on_commit(partial(figures.note, measure, **told), robust=True)
