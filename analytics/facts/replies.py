"""Who answered whom, and after how long. A reply is what a person of ours wrote to the other side (AN-5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from analytics.facts.story import FactRow, Message, Story
from analytics.models import Kind
from events.types import BOT_HANDED_OVER, CONVERSATION_ASSIGNED

# A chat without a person's reply for so long, of open hours, was missed (AN-4).
MISSED_AFTER = timedelta(minutes=2)
CHAT = "chat"


def of_replies(story: Story, closings: Sequence[datetime]) -> list[FactRow]:
    """`closings` in order: a closing forgets who waited, for whoever writes then asks anew."""
    facts: list[FactRow] = []
    first_asked = waiting = None
    first_reply: Message | None = None
    done = 0
    for message in story.messages:
        while done < len(closings) and closings[done] < message.at:
            waiting, done = None, done + 1
        if message.asks:
            first_asked = first_asked or message.at
            waiting = waiting or message.at
        elif message.answers:
            facts.append(_fact(story, Kind.REPLY, message))
            if waiting:
                facts.append(_fact(story, Kind.RESPONSE, message, waiting))
                waiting = None
            if first_asked and first_reply is None:
                first_reply = message
    if first_asked is None or begun_by_us(story):
        return facts
    if first_reply:
        facts += _first(story, first_reply, first_asked)
    return facts + _missed(story, first_reply, first_asked, closings)


def begun_by_us(story: Story) -> bool:
    """Its first message is a person's of ours: then nobody has waited for a first answer."""
    return next((one.answers for one in story.messages if one.asks or one.answers), False)


def _fact(story: Story, kind: str, message: Message, since: datetime | None = None) -> FactRow:
    seconds, worked = story.hours.seconds(since, message.at) if since else (None, None)
    return story.row._replace(
        kind=str(kind),
        key=str(message.id),
        at=message.at,
        seconds=seconds,
        worked=worked,
        member_id=message.member,
        team_id=story.teams.get(message.member, 0) if message.member else story.team,
    )


def _first(story: Story, reply: Message, asked: datetime) -> list[FactRow]:
    """Counted when the conversation began, whenever it was answered (AN-5)."""
    facts = [
        _fact(story, Kind.FIRST_RESPONSE, reply, asked),
        _fact(story, Kind.WAIT, reply, since_when(story, asked, reply.at)),
    ]
    given = [
        event.at
        for event in story.events
        if event.type == CONVERSATION_ASSIGNED
        and reply.member
        and event.payload.get("assignee") == reply.member
        and event.at <= reply.at
    ]
    if given:
        facts.append(_fact(story, Kind.FIRST_BY_OWNER, reply, max(asked, given[-1])))
    return [fact._replace(at=story.created_at) for fact in facts]


def since_when(story: Story, asked: datetime, until: datetime | None) -> datetime:
    """Since when a person is waited for: the first message, or the last time a bot handed over before the answer."""
    handed = [
        event.at
        for event in story.events
        if event.type == BOT_HANDED_OVER and (until is None or event.at <= until)
    ]
    return max(asked, handed[-1]) if handed else asked


def _missed(
    story: Story, reply: Message | None, asked: datetime, closings: Sequence[datetime]
) -> list[FactRow]:
    since = waits_since(story, asked, reply)
    if since is None:
        return []
    end = reply.at if reply else next((at for at in closings if at >= since), story.now)
    if end is None or story.hours.between(since, end) <= MISSED_AFTER:
        return []
    member, teams = story.owner, story.teams
    team = teams.get(member, 0) if member else story.team
    told = {"member_id": member, "team_id": team, "seconds": None, "worked": None}
    return [story.row._replace(kind=str(Kind.MISSED), key="", at=since, **told)]


def waits_since(story: Story, asked: datetime, reply: Message | None) -> datetime | None:
    """Since when a chat waits for a person, be it answered by now or not; None: for nobody, a bot has it."""
    if story.row.channel_kind != CHAT:
        return None
    until = reply.at if reply else None
    handed = any(event.type == BOT_HANDED_OVER for event in story.events)
    if story.walks and not handed and not reply:
        return None
    return since_when(story, asked, until)
