"""Facts story by story: each kind, by the definitions of AN-4, AN-5 and DM-7. Pure: no database."""

from datetime import UTC, datetime, timedelta

from analytics.facts import (
    Event,
    FactRow,
    Message,
    Story,
    TicketClock,
    TicketStory,
    Vote,
    Walk,
    of_conversation,
    of_ticket,
)
from analytics.facts.due import look_again
from analytics.facts.worked import Hours
from inboxes.hours import Schedule

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OFFICE = Schedule("UTC", tuple(((540, 1020),) if day < 5 else () for day in range(7)))
ADA, BEN, TEAM = 1, 2, 9
ROW = FactRow(
    "c", 77, "", "", MONDAY, inbox_id=3, channel_id=4, channel_kind="chat", chatflow_id=5, priority="high"
)


def at(minutes: float) -> datetime:
    return MONDAY + timedelta(minutes=minutes)


def asks(minutes, id=0):
    return Message(id or int(minutes) + 100, at(minutes), asks=True, answers=False)


def answers(minutes, member=ADA, id=0):
    return Message(id or int(minutes) + 500, at(minutes), asks=False, answers=True, member=member)


def bot(minutes):
    return Message(int(minutes) + 900, at(minutes), asks=False, answers=False)


def happened(id, type, minutes, **payload):
    return Event(id, type, at(minutes), payload)


def given(id, minutes, member, previous=None):
    return happened(id, "conversation.assigned", minutes, assignee=member, previous=previous)


def closed(id, minutes):
    return happened(id, "conversation.closed", minutes)


def reopened(id, minutes):
    return happened(id, "conversation.reopened", minutes)


def story(**fields) -> Story:
    fields = {"row": ROW, "created_at": MONDAY, "teams": {ADA: TEAM}, "now": at(10_000)} | fields
    return Story(**fields)


def facts_of(one: Story | TicketStory) -> dict[str, list[FactRow]]:
    made = of_conversation(one) if isinstance(one, Story) else of_ticket(one)
    assert len({(fact.kind, fact.key) for fact in made}) == len(made)
    found: dict[str, list[FactRow]] = {}
    for fact in sorted(made, key=lambda fact: (fact.at, fact.key)):
        found.setdefault(fact.kind, []).append(fact)
    return found


def figures(facts: list[FactRow]) -> list[tuple]:
    return [((fact.at - MONDAY).total_seconds() / 60, fact.seconds, fact.member_id) for fact in facts]


def test_an_answered_chat():
    """AN-5: the first answer since the first message, every answer since the oldest message it answers, replies beside."""
    messages = [asks(0), bot(0.1), asks(1), answers(3), answers(4), asks(10), asks(11), answers(20, BEN)]
    found = facts_of(story(messages=messages, owner=BEN, events=[given(1, 2, ADA), given(2, 15, BEN, ADA)]))
    assert figures(found["first_response"]) == [(0, 180, ADA)] == figures(found["wait"])  # when it began
    assert figures(found["first_by_owner"]) == [(0, 60, ADA)]  # DM-7
    assert figures(found["response"]) == [(3, 180, ADA), (20, 600, BEN)]
    assert figures(found["reply"]) == [(3, None, ADA), (4, None, ADA), (20, None, BEN)]
    assert figures(found["assigned"]) == [(2, 120, ADA), (15, 900, BEN)]
    assert figures(found["created"]) == [(0, None, BEN)]
    assert figures(found["missed"]) == [(0, None, BEN)]  # three minutes are more than two (AN-4)
    assert [fact.team_id for fact in found["reply"]] == [TEAM, TEAM, 0]
    for facts in found.values():
        assert {(one.inbox_id, one.channel_id, one.chatflow_id, one.priority) for one in facts} == {
            (3, 4, 5, "high")
        }


def test_what_is_begun_by_us_waits_for_no_first_answer():
    found = facts_of(story(messages=[answers(0), asks(5), answers(8)]))
    assert not {"first_response", "wait", "first_by_owner", "missed"} & set(found)
    assert figures(found["response"]) == [(8, 180, ADA)]
    assert len(found["reply"]) == 2


def test_replies_before_anybody_asked_and_bots_are_no_answer():
    found = facts_of(story(messages=[bot(0), asks(1), bot(2)], walks=[Walk(1, 5, 6, at(0))]))
    assert set(found) == {"created", "bot_started"}  # a bot that never handed over: nobody was missed


def test_a_bot_that_hands_over():
    """HANDED_OVER since the bot began; WAIT since the hand-over, the first answer still since the first message."""
    walk = Walk(31, 8, 9, at(0), at(5), "handed_over")
    events = [happened(4, "bot.handed_over", 5, session=31, member=ADA), given(5, 5, ADA)]
    found = facts_of(story(messages=[asks(1), asks(4), answers(6)], walks=[walk], events=events, owner=ADA))
    assert figures(found["wait"]) == [(0, 60, ADA)]
    assert figures(found["first_response"]) == [(0, 300, ADA)]
    assert figures(found["handed_over"]) == [(5, 300, ADA)]
    assert [(one.chatflow_id, one.version_id, one.seconds) for one in found["bot_handed_over"]] == [
        (8, 9, 300)
    ]
    assert found["bot_started"][0].at == found["bot_handed_over"][0].at == at(0)
    assert "missed" not in found
    ended = {"completed": "bot_completed", "abandoned": "bot_abandoned", "ended": None}
    for outcome, kind in ended.items():
        made = facts_of(story(walks=[Walk(31, 8, 9, at(0), at(5), outcome)]))
        assert set(made) == {"created", "bot_started", kind} - {None}


def test_closed_opened_again_and_settled():
    """CLOSED each time, by its owner then; the sum of the open times beside; what was undone is told at its closing."""
    events = [
        given(1, 1, ADA), closed(2, 10), closed(3, 11), reopened(4, 70), given(5, 80, BEN, ADA), reopened(6, 81),
        closed(7, 100),
    ]  # fmt: skip
    found = facts_of(story(events=events, owner=BEN, closed_at=at(100)))
    assert figures(found["closed"]) == [(10, 600, ADA), (100, 6000, BEN)]
    assert figures(found["undone"]) == [(10, None, ADA)]
    assert figures(found["reopened"]) == [(70, 3600, ADA)]
    assert figures(found["settled"]) == [(100, 40 * 60, BEN)]
    again = facts_of(story(events=[*events, happened(8, "conversation.snoozed", 120)], owner=BEN))
    assert "settled" not in again and len(again["reopened"]) == 2  # put aside until later, it is open again
    snoozed = facts_of(story(events=[happened(1, "conversation.snoozed", 1), reopened(2, 5)]))
    assert "reopened" not in snoozed


def test_brought_in_closed():
    """No event tells of it: the row does."""
    found = facts_of(story(closed_at=at(30), owner=ADA))
    assert figures(found["closed"]) == [(30, 1800, ADA)] == figures(found["settled"])
    assert found["closed"][0].key == "row"


def test_a_closing_forgets_who_waited():
    """Opened again, whoever writes asks anew: the answer is not late by the time it was closed."""
    messages = [asks(0), answers(1), asks(2), asks(1000), answers(1003)]
    events = [closed(1, 10), reopened(2, 1000)]
    found = facts_of(story(messages=messages, events=events))
    assert figures(found["response"]) == [(1, 60, ADA), (1003, 180, ADA)]


def test_missed_only_in_open_hours():
    """AN-4: two minutes of open hours; in the night time stands still; an e-mail is not missed."""
    evening = [
        asks(8 * 60 - 1),
        answers(24 * 60),
    ]  # a minute before five; answered at nine, after an open minute
    assert "missed" not in facts_of(story(messages=evening, hours=Hours(OFFICE)))
    late = [asks(8 * 60 - 1), answers(24 * 60 + 2)]
    assert len(facts_of(story(messages=late, hours=Hours(OFFICE)))["missed"]) == 1
    mail = ROW._replace(channel_kind="email")
    assert "missed" not in facts_of(story(row=mail, messages=[asks(0)]))
    gone = facts_of(story(messages=[asks(0)], events=[closed(1, 1)], closed_at=at(1)))
    assert "missed" not in gone
    waiting = story(messages=[asks(0)], now=at(1))
    assert "missed" not in facts_of(waiting)
    assert look_again(waiting) == at(2) + timedelta(seconds=1)
    assert len(facts_of(story(messages=[asks(0)], now=at(2.1)))["missed"]) == 1
    assert look_again(story(messages=[asks(0)], now=at(2.1))) is None


def test_hours_stand_beside_the_calendar():
    """AN-5: both are kept. Asked at 16:59 on Monday, answered at 9:01 on Tuesday: two open minutes."""
    found = facts_of(story(messages=[asks(479), answers(24 * 60 + 1)], hours=Hours(OFFICE)))
    [first] = found["first_response"]
    assert (first.seconds, first.worked) == ((24 * 60 + 1 - 479) * 60, 120)


def test_votes_stand_where_they_were_asked():
    vote = Vote(6, at(10), at(12), 4, member=BEN, team=7, inbox=33, channel=44, version=8, chatflow=55)
    found = facts_of(story(vote=vote))
    [asked], [rated] = found["asked"], found["rated"]
    assert (rated.at, rated.value, rated.member_id) == (at(12), 4, BEN)
    assert (asked.at, asked.value, asked.inbox_id, asked.chatflow_id) == (at(10), None, 33, 55)
    assert asked.team_id == 0  # of who is judged; of nobody, the team that was asked about
    assert facts_of(story(vote=vote._replace(member=0)))["asked"][0].team_id == 7
    assert "rated" not in facts_of(story(vote=Vote(6, at(10))))


def test_what_is_set_aside_has_none():
    """AN-5: spam, filtered, trashed and merged-away conversations count nowhere."""
    assert facts_of(story(present=False, messages=[asks(0), answers(1)], vote=Vote(1, at(1)))) == {}
    assert facts_of(TicketStory(row=ROW, created_at=MONDAY, present=False)) == {}


def test_tickets_and_their_promises():
    row = FactRow(
        "t", 5, "", "", MONDAY, inbox_id=3, team_id=TEAM, priority="high", source="email", pipeline_id=2
    )
    events = [
        happened(1, "ticket.owner_changed", 5, owner=ADA, previous=None),
        happened(2, "ticket.closed", 60),
        happened(3, "ticket.reopened", 90),
        happened(4, "ticket.owner_changed", 95, owner=BEN, previous=ADA),
        happened(5, "ticket.sla_overdue", 30, goal="close"),
    ]
    clocks = [
        TicketClock(1, 0, "met", at(40), at(10)),
        TicketClock(2, 1, "breached", at(97), at(99)),
        TicketClock(3, 2, "overdue"),
        TicketClock(4, 1, "cancelled", at(50), at(20)),
    ]
    found = facts_of(TicketStory(row=row, created_at=MONDAY, owner=BEN, events=events, clocks=clocks))
    assert figures(found["ticket_created"]) == [(0, None, BEN)]
    assert figures(found["ticket_closed"]) == [(60, 3600, ADA)]
    assert figures(found["ticket_reopened"]) == [(90, 1800, ADA)]
    assert [(one.value, one.at, one.member_id) for one in found["sla_met"]] == [(0, at(10), ADA)]
    late = [(one.value, one.at, one.member_id) for one in found["sla_breached"]]
    assert late == [(2, at(30), ADA), (1, at(97), BEN)]
    assert {(one.source, one.pipeline_id) for facts in found.values() for one in facts} == {("email", 2)}
