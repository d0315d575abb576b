"""Made things as rows, with the values that the product's own writers give them."""

import json
from datetime import UTC, datetime
from typing import Any

from bench.dataset.cast import COUNTRIES
from bench.dataset.matters import TARGETS, Clock, Matter
from bench.dataset.sinks import Sink
from bench.dataset.story import MINUTE, Said, Story, Told
from events.types import MESSAGE_RECEIVED, MESSAGE_SENT, TICKET_CREATED

WORDS = (
    "the",
    "lamp",
    "flickers",
    "since",
    "monday",
    "could",
    "you",
    "have",
    "a",
    "look",
    "at",
    "my",
    "order",
    "please",
    "it",
    "came",
    "without",
    "its",
    "shade",
)


def moment(at: int | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)


def uuid_of(conversation: int, seq: int = 0) -> str:
    """The same every time, and quicker than a hash."""
    return f"{conversation:08x}-0000-4000-8000-{seq:012x}"


# ── A conversation ──


def put_story(sink: Sink, story: Story, tied: Matter | None) -> None:
    contact, name = story.id, f"Customer {story.id}"
    sink.put(
        "contacts_contact",
        contact,
        name,
        f"customer-{contact}@made.example",
        moment(story.at),
        moment(story.now),
    )
    last = story.said[-1] if story.said else None
    inbound = max((n for n, one in enumerate(story.said, 1) if one.direction == "in"), default=0)
    aside = moment(story.now) if story.aside else None
    sink.put(
        "conversations_conversation",
        story.id,
        story.road.inbox,
        story.road.channel,
        story.road.kind,
        contact,
        name,
        f"Matter {story.id}",
        body_of(story.id, len(story.said)),
        story.status,
        story.priority,
        story.owner,
        story.team,
        None,
        len(story.said),
        inbound,
        moment(story.waiting),
        1 + len(story.said),
        moment(last.at if last else story.at),
        moment(story.at),
        moment(story.closed_at),
        moment(story.snoozed_until),
        aside if story.aside == "spam" else None,
        aside if story.aside == "filtered" else None,
        aside if story.aside == "trashed" else None,
        story.earlier if story.aside == "merged" else None,
        tied.number if tied else None,
    )
    sink.put(
        "conversations_conversationdetail",
        story.id,
        uuid_of(story.id),
        f"https://shop.example{story.page}?from=letter" if story.page else "",
        moment(story.assigned_at),
        story.flow.chatflow if story.flow else None,
        story.flow.version if story.flow else None,
    )
    for label in story.labels:
        sink.put("conversations_conversationlabel", story.id, label)
    if story.session and story.flow:
        _put_session(sink, story, story.session, story.flow.version)
    if story.survey:
        _put_survey(sink, story, story.survey)


def _put_session(sink: Sink, story: Story, session: dict[str, Any], version: int) -> None:
    country = COUNTRIES[story.id % len(COUNTRIES)]
    facts = {"visitor.country": country, "page.path": story.page} if country else {"page.path": story.page}
    heard = session["inputs"]
    sink.put(
        "chatflows_flowsession",
        story.id,
        story.id,
        version,
        "",
        json.dumps([[at - session["started"], {"kind": "text"}] for at in heard]),
        json.dumps(facts),
        "[]",
        len(heard),
        moment(session["started"]),
        moment(heard[-1] if heard else None),
        moment(session["started"] + 30 * MINUTE),
        moment(session["ended"]),
        session["outcome"],
    )


def _put_survey(sink: Sink, story: Story, survey: dict[str, Any]) -> None:
    sink.put(
        "chatflows_surveyanswer",
        story.id,
        survey["score"],
        "",
        story.road.kind,
        moment(survey["asked"]),
        moment(survey["at"]),
        survey["agent"],
        story.flow.version if story.flow else None,
        story.road.inbox,
        story.road.channel,
        survey["team"],
        story.id,
    )


# ── A ticket ──


def put_matter(sink: Sink, matter: Matter) -> None:
    cast = matter.cast
    sink.put(
        "tickets_ticket",
        matter.id,
        matter.number,
        cast.pipeline,
        cast.stages[matter.stage],
        f"Ticket {matter.number}",
        matter.priority,
        matter.source,
        matter.made_by,
        matter.owner,
        matter.story.id if matter.story else None,
        matter.inbox,
        -float(matter.at),
        1 if matter.story else 0,
        len(matter.told),
        moment(matter.at),
        moment(matter.told[-1].at),
        moment(matter.closed_at),
        moment(matter.first_reply),
        moment(matter.told[-1].at) if matter.deleted else None,
    )
    if matter.story:
        sink.put("tickets_ticketconversation", matter.id, matter.story.id, moment(matter.at))
    for clock in matter.clocks:
        _put_clock(sink, matter, clock)


def _put_clock(sink: Sink, matter: Matter, clock: Clock) -> None:
    runs = clock.ended is None
    sink.put(
        "tickets_slaclock",
        matter.id,
        matter.cast.policies[matter.inbox],
        clock.goal,
        clock.state,
        f"{TARGETS[clock.goal]} seconds",
        moment(clock.started),
        moment(clock.started) if runs else None,
        moment(clock.ended or clock.started),
        moment(clock.due),
        moment(clock.ended),
        clock.why,
    )


# ── What happened, in the order in which it did ──


def put_telling(sink: Sink, numbers: Any, whose: Any, one: Said | Told) -> None:
    if isinstance(one, Said):
        _put_message(sink, numbers, whose, one)
    else:
        _put_event(sink, numbers, whose, one)


def _put_message(sink: Sink, numbers: Any, story: Story, one: Said) -> None:
    message, at = numbers.next_message(), moment(one.at)
    theirs = one.direction == "in"
    sink.put(
        "conversations_message",
        message,
        story.id,
        story.road.channel,
        story.road.kind,
        one.seq,
        one.kind,
        one.direction,
        one.author,
        f"Customer {story.id}" if theirs else "",
        one.member,
        story.id if theirs else None,
        body_of(story.id, one.seq),
        uuid_of(story.id, one.seq),
        "received" if theirs else "sent",
        at,
    )
    sink.put(
        "events_event",
        numbers.next_event(),
        MESSAGE_RECEIVED if theirs else MESSAGE_SENT,
        story.id,
        one.member,
        one.author,
        "visitor",
        f'{{"message": {message}, "seq": {one.seq}}}',
        at,
    )


def _put_event(sink: Sink, numbers: Any, whose: Any, one: Told) -> None:
    event = numbers.next_event()
    tied = whose.story if isinstance(whose, Matter) else None
    # Of what happens to a ticket later only the ticket is named; its making names the conversation as well.
    conversation = (tied.id if tied and one.type == TICKET_CREATED else None) if one.ticket else whose.id
    payload = json.dumps(one.payload)
    sink.put(
        "events_event",
        event,
        one.type,
        conversation,
        one.member,
        one.actor,
        one.audience,
        payload,
        moment(one.at),
    )
    if one.ticket:
        sink.put("tickets_ticketevent", one.ticket, event)


def body_of(conversation: int, seq: int) -> str:
    first = (conversation * 7 + seq * 5) % len(WORDS)
    return " ".join(WORDS[(first + step) % len(WORDS)] for step in range(4 + (conversation + seq) % 9))
