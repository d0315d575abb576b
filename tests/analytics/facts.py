"""Facts of some weeks, without the history that they would come from: for tests of pages."""

import random
from datetime import UTC, datetime, timedelta

from analytics import rollups
from analytics.models import Fact, Kind
from conversations.models import Conversation
from tests.factories import make_conversation


def make_facts(house, members, *, days: int = 40, each: int = 6) -> None:
    """Some weeks of chats and letters, answered, closed, re-opened and voted on; the same at every run."""
    chance = random.Random(7)
    now = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
    conversation = Conversation.objects.first() or make_conversation(house)
    facts: list[Fact] = []

    def add(kind: str, at, *, member=0, seconds=None, **more) -> None:
        told = {"seconds": seconds, "worked": seconds // 2 if seconds is not None else None}
        facts.append(
            Fact(
                workspace=house.workspace,
                subject="c",
                subject_id=conversation.pk,
                kind=kind,
                key=str(len(facts)),
                at=at,
                member_id=member,
                inbox_id=house.inbox.pk,
                priority="normal",
                **told,
                **(where | more),
            )  # fmt: skip
        )

    for day in range(days):
        for _each in range(each):
            at = now - timedelta(days=day, hours=chance.randrange(10))
            chat = chance.random() < 0.6
            channel = house.chat if chat else house.email
            where = {
                "channel_id": channel.pk,
                "channel_kind": channel.kind,
                "page": "/pricing" if chat else "",
            }
            member = chance.choice([*members, None])
            pk = member.pk if member else 0
            add(Kind.CREATED, at, member=pk)
            if not member:
                continue
            took = chance.randrange(30, 3000)
            for kind in (Kind.FIRST_RESPONSE, Kind.FIRST_BY_OWNER, Kind.RESPONSE, Kind.WAIT, Kind.REPLY):
                add(kind, at, member=pk, seconds=None if kind == Kind.REPLY else took)
            add(Kind.CLOSED, at, member=pk, seconds=took * 9)
            add(Kind.SETTLED, at, member=pk, seconds=took * 9)
            if chance.random() < 0.3:
                add(Kind.RATED, at, member=pk, value=chance.randrange(1, 6))
            add(Kind.ASKED, at, member=pk)
            add(chance.choice([Kind.SLA_MET, Kind.SLA_MET, Kind.SLA_BREACHED]), at, member=pk, value=0)
    Fact.objects.bulk_create(facts)
    for kind in Kind.values:
        rollups.add(house.workspace.time_zone, kind, now - timedelta(days=days + 1), now + timedelta(days=1))
