"""The weeks before the demo's stories, written at once: reports and lists of the demo are those of a team at work.

Rows as the verbs leave them, in one statement a table: five hundred conversations through the verbs would take minutes.
What is counted of them is read by the same reader as everybody's.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db import connection

from chatflows.models import Chatflow, FlowCount, FlowSession, Measure, SurveyAnswer
from config.demo.orders import STEPS
from config.demo.past_plan import Past, plan
from config.demo.team import House
from config.demo.tell import page_url
from contacts.models import Contact, ContactAddress
from conversations.models import Conversation, ConversationDetail, Message, Status
from events.models import Event

SENT = {"email": "sent"}
AUTHORS = {"them": "visitor", "bot": "bot"}
# How many pages showed a launcher for each who began there, and how many opened it.
SHOWN, OPENED = {"orders": 9, "chat": 31}, {"orders": 3, "chat": 2}


def tell_past(house: House, flows: dict[str, Chatflow], now: datetime) -> None:
    """All of it, closed and read by everybody. `flows`: what the channels of these keys show."""
    pasts = plan(now)
    contacts = _contacts(house, pasts)
    rows = [_conversation(house, past, contacts) for past in pasts]
    Conversation.objects.bulk_create(rows)
    told = list(zip(pasts, rows, strict=True))
    ConversationDetail.objects.bulk_create(_detail(past, row, flows.get(past.channel)) for past, row in told)
    messages = [_message(house, past, row, i) for past, row in told for i in range(len(past.said))]
    Message.objects.bulk_create(messages)
    sessions = {row.pk: _session(past, row, flows[past.channel]) for past, row in told if past.outcome}
    FlowSession.objects.bulk_create(sessions.values())
    ids = iter(messages)
    Event.objects.bulk_create(
        event
        for past, row in told
        for event in _events(house, past, row, [next(ids) for _said in past.said], sessions.get(row.pk))
    )
    SurveyAnswer.objects.bulk_create(_vote(house, past, row) for past, row in told if past.score)
    FlowCount.objects.bulk_create(
        count for channel, flow in flows.items() for count in _counts(house, channel, flow, pasts)
    )
    _read_by_all(house, rows)


def _read_by_all(house: House, rows: list[Conversation]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into conversations_readmark (workspace_id, conversation_id, member_id, seq) "
            "select c.workspace_id, c.id, m.id, c.last_seq "
            "from conversations_conversation c, unnest(%s::bigint[]) as m(id) where c.id = any(%s)",
            [[member.pk for member in house.members.values()], [row.pk for row in rows]],
        )


def _contacts(house: House, pasts: list[Past]) -> dict[str, Contact]:
    """Who writes by mail is known; by name, so that some of them wrote more than once."""
    here = house.workspace
    first: dict[str, Past] = {}
    for past in pasts:
        if past.channel == "email":
            first.setdefault(past.name, past)
    made = {
        name: Contact(
            workspace=here, name=name, email=_address(name), language=past.language, created_at=past.at
        )
        for name, past in first.items()
    }
    Contact.objects.bulk_create(made.values())
    ContactAddress.objects.bulk_create(
        ContactAddress(workspace=here, contact=one, kind="email", value=one.email, created_at=one.created_at)
        for one in made.values()
    )
    return made


def _address(name: str) -> str:
    plain = name.lower().replace(" ", ".").translate(str.maketrans("éëèç", "eeec"))
    return f"{plain}@courrier.example"


def _conversation(house: House, past: Past, contacts: dict[str, Contact]) -> Conversation:
    channel, last = house.channels[past.channel], past.said[-1]
    inbound = [i for i, said in enumerate(past.said, 1) if said.who == "them"]
    return Conversation(
        workspace=house.workspace,
        inbox_id=channel.inbox_id,
        channel=channel,
        channel_kind=channel.kind,
        contact=contacts.get(past.name) if past.channel == "email" else None,
        contact_name=past.name,
        subject=past.said[0].text.rstrip(" .?!\u202f")[:60] if past.channel == "email" else "",
        preview=last.text[:200],
        preview_kind="in" if last.who == "them" else "out",
        language=past.language,
        status=Status.CLOSED,
        assignee=house.members.get(past.who),
        last_seq=len(past.said),
        last_inbound_seq=inbound[-1] if inbound else 0,
        last_activity_at=last.at,
        created_at=past.said[0].at,
        closed_at=past.closed_at,
    )


def _detail(past: Past, row: Conversation, flow: Chatflow | None) -> ConversationDetail:
    answered = next((said.at for said in past.said if said.who == past.who), None)
    given = _given_at(past) if answered else None
    return ConversationDetail(
        workspace_id=row.workspace_id,
        conversation=row,
        first_url="" if past.channel == "email" else page_url(past.page),
        assigned_at=given,
        first_response_at=answered,
        chatflow=flow and flow.pk,
        flow_version=flow and flow.published_id,
        delivered_seq=row.last_seq,
        seen_seq=row.last_seq,
        seen_at=row.last_activity_at,
    )


def _given_at(past: Past) -> datetime:
    """Somebody took it a while before they answered."""
    i = next(i for i, said in enumerate(past.said) if said.who == past.who)
    asked, answered = past.said[i - 1].at, past.said[i].at
    return asked + 0.4 * (answered - asked)


def _message(house: House, past: Past, row: Conversation, i: int) -> Message:
    said, member = past.said[i], house.members.get(past.said[i].who)
    author = "member" if member else AUTHORS[said.who]
    if author == "visitor" and row.contact_id:
        author = "contact"
    names = {"member": member.display_name if member else "", "bot": "Lumi"}
    return Message(
        workspace_id=row.workspace_id,
        conversation=row,
        channel_id=row.channel_id,
        channel_kind=row.channel_kind,
        seq=i + 1,
        direction="in" if said.who == "them" else "out",
        author_kind=author,
        author_name=names.get(author, past.name),
        member=member,
        contact_id=row.contact_id if said.who == "them" else None,
        body=said.text,
        delivery="received" if said.who == "them" else SENT.get(row.channel_kind, "read"),
        created_at=said.at,
    )


def _session(past: Past, row: Conversation, bot: Chatflow) -> FlowSession:
    answered = next(said.at for said in past.said if said.who == "them")
    talked = [said.at for said in past.said if said.who == "bot"]
    ended = past.closings[0] if past.outcome == "abandoned" else talked[-1]
    return FlowSession(
        workspace_id=row.workspace_id,
        conversation=row,
        version_id=bot.published_id,
        step=STEPS[past.outcome],
        facts={"visitor.country": past.country},
        handled_seq=len(talked),
        started_at=past.at,
        last_input_at=answered,
        expires_at=ended,
        ended_at=ended,
        outcome=past.outcome,
    )


def _events(house: House, past: Past, row: Conversation, messages: list[Message], session: FlowSession | None) -> list[Event]:  # fmt: skip
    """As the verbs record them, in the order of their times."""
    member = house.members.get(past.who)
    found: list[tuple[datetime, str, str, dict]] = [
        (row.created_at, "conversation.started", "contact", {"channel_kind": row.channel_kind})
    ]
    for said, message in zip(past.said, messages, strict=True):
        kind = "message.received" if said.who == "them" else "message.sent"
        actor = {"them": "contact", "bot": "bot"}.get(said.who, "member")
        found.append((said.at, kind, actor, {"seq": message.seq, "message": message.pk}))
    if session:
        told = {"session": session.pk, "version": session.version_id}
        found.append((session.started_at, "bot.started", "bot", told))
        if past.outcome == "handed_over":
            found.append((session.ended_at, "bot.handed_over", "bot", told | {"member": None}))
        found.append((session.ended_at, "bot.ended", "bot", {"session": session.pk, "outcome": past.outcome}))
    if member:
        given = {"team": None, "reason": "by_hand", "assignee": member.pk, "previous": None}
        found.append((_given_at(past), "conversation.assigned", "member", given))
    by = "member" if member else "system"
    found += [(at, "conversation.closed", by, {"status": "closed"}) for at in past.closings]
    found += [(at, "conversation.reopened", by, {"status": "open"}) for at in past.reopenings]
    heard = ("message.received", "message.sent", "conversation.closed", "conversation.reopened")
    return [
        Event(
            workspace_id=row.workspace_id,
            type=kind,
            conversation_id=row.pk,
            actor=member if actor == "member" else None,
            actor_kind=actor,
            audience="visitor" if kind in heard else "team",
            payload=payload,
            created_at=at,
        )
        for at, kind, actor, payload in sorted(found, key=lambda one: one[0])
    ]


def _vote(house: House, past: Past, row: Conversation) -> SurveyAnswer:
    answered = past.closed_at + timedelta(minutes=1) if past.score > 0 else None
    return SurveyAnswer(
        workspace_id=row.workspace_id,
        conversation=row,
        contact_id=row.contact_id,
        score=past.score if past.score > 0 else None,
        channel_kind=row.channel_kind,
        asked_at=past.closed_at,
        answered_at=answered,
        agent=house.members[past.who],
        inbox_id=row.inbox_id,
        channel_id=row.channel_id,
    )


def _counts(house: House, channel: str, flow: Chatflow, pasts: list[Past]) -> list[FlowCount]:
    """What visitors' pages and the bot's steps would have counted, by the hour."""
    n: Counter[tuple[str, str, datetime]] = Counter()
    for past in (one for one in pasts if one.channel == channel):
        hour = past.at.replace(minute=0, second=0, microsecond=0)
        n[Measure.SHOWN, "", hour] += SHOWN[channel]
        n[Measure.OPENED, "", hour] += OPENED[channel]
        n[Measure.STARTED, "", hour] += 1
        if past.outcome:
            _count_steps(n, past.outcome, hour)
    about = {"workspace": house.workspace, "chatflow": flow, "version_id": flow.published_id}
    return [FlowCount(measure=measure, step=step, hour=hour, n=many, **about) for (measure, step, hour), many in n.items()]  # fmt: skip


def _count_steps(n: Counter[tuple[str, str, datetime]], outcome: str, hour: datetime) -> None:
    n[outcome, "", hour] += 1
    for step in ("start", "found", STEPS[outcome]):
        n[Measure.REACHED, step, hour] += 1
        if step == STEPS[outcome]:
            break
        n[Measure.ANSWERED, step, hour] += 1
    if outcome == "abandoned":
        n[Measure.DROPPED, STEPS["abandoned"], hour] += 1
