"""Many visitors with a conversation each, in a workspace of their own; and how they and an agent come online."""

import asyncio
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings

from bench.live.client import Line, dial, in_turns
from bench.scene import inbound, look_again, scene
from chatflows.widget import limits
from contacts.models import Visitor
from conversations.append import append
from conversations.models import Conversation, ConversationDetail
from events.dispatch import valkey
from inboxes.models import Channel
from realtime import tickets
from workspaces.models import Member, hash_token
from workspaces.scope import workspace_scope


@dataclass
class Person:
    visitor: int
    token: str
    conversation: int
    public_id: str


@dataclass
class Crowd:
    member: Member
    key: str
    inbox: int
    people: list[Person] = field(default_factory=list)

    def forget_limits(self) -> None:
        """Between rounds everybody has written nothing yet: a round stays below what one visitor may send."""
        rate = limits.MESSAGE_BY_VISITOR.name
        keys = [f"{settings.KEY_PREFIX}:limit:{rate}:{person.visitor}" for person in self.people]
        for start in range(0, len(keys), 1000):
            valkey().delete(*keys[start : start + 1000])

    async def visitors(self, port: int, count: int, on_text, *, width: int = 64) -> list[Line]:
        """So many sockets past their hello; person N speaks from line N, again from the first when there are more."""

        async def one(number: int) -> Line:
            return await self.visitor(port, self.people[number % len(self.people)], on_text)

        return await in_turns([lambda number=number: one(number) for number in range(count)], width)

    async def visitor(self, port: int, person: Person, on_text, address: str = "127.0.0.1") -> Line:
        def hear(line: Line, raw: bytes) -> None:
            if line.waits and raw.startswith(b'{"t": "ready"'):
                line.waits.set_result(None)
                line.waits, line.on_text = None, on_text

        line = await dial(port, "/live/visitor/", hear, address)
        line.waits = ready = asyncio.get_running_loop().create_future()
        hello = {"key": self.key, "token": person.token, "conversation": person.public_id, "after": 1}
        line.tell(t="hello", **hello)
        await asyncio.wait([ready, line.gone], return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            raise ConnectionError(f"closed with {line.gone.result()}")
        return line

    async def agents(self, port: int, count: int, on_text) -> list[Line]:
        given = [tickets.issue(self.member, "", "en") for _ in range(count)]
        return await in_turns([lambda ticket=ticket: agent(port, ticket, on_text) for ticket in given], 32)


async def agent(port: int, ticket: str, on_text) -> Line:
    def hear(line: Line, raw: bytes) -> None:
        if line.waits and raw.startswith(b'{"t": "ready"'):
            line.waits.set_result(None)
            line.waits, line.on_text = None, on_text

    line = await dial(port, "/live/agent/", hear)
    line.waits = ready = asyncio.get_running_loop().create_future()
    line.tell(t="hello", ticket=ticket, after=2**62)
    await asyncio.wait([ready, line.gone], return_when=asyncio.FIRST_COMPLETED)
    if not ready.done():
        raise ConnectionError(f"closed with {line.gone.result()}")
    return line


@contextmanager
def crowd(size: int) -> Iterator[Crowd]:
    with scene(0) as (member, _none):
        with workspace_scope(member.workspace_id):
            channel = Channel.objects.select_related("inbox").get(kind="chat")
            gathered = Crowd(member, channel.identifier, channel.inbox_id, _gather(channel, size))
        look_again()
        try:
            yield gathered
        finally:
            gathered.forget_limits()


def _gather(channel: Channel, size: int) -> list[Person]:
    workspace_id = channel.workspace_id
    tokens = [secrets.token_urlsafe(32) for _ in range(size)]
    same = {"workspace_id": workspace_id, "channel_id": channel.pk}
    visitors = Visitor.objects.bulk_create(
        [Visitor(token_hash=hash_token(token), language="en", **same) for token in tokens]
    )
    rows = Conversation.objects.bulk_create(
        [
            Conversation(inbox_id=channel.inbox_id, channel_kind="chat", visitor=visitor, **same)
            for visitor in visitors
        ]
    )
    details = ConversationDetail.objects.bulk_create(
        [
            ConversationDetail(workspace_id=workspace_id, conversation=row, public_id=uuid.uuid4())
            for row in rows
        ]
    )
    for start in range(0, size, 500):
        append([inbound(row, "Hello, is anybody there?") for row in rows[start : start + 500]])
    joined = zip(visitors, tokens, rows, details, strict=True)
    return [Person(v.pk, token, row.pk, str(detail.public_id)) for v, token, row, detail in joined]
