"""The fixed cast: ada (owner) and ben (agent) of Acme, cleo of Globex, who must see nothing of Acme."""

import itertools
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Model

from contacts.models import Visitor
from conversations.models import Conversation
from conversations.receive import Inbound, receive
from inboxes.addresses import new_address
from inboxes.models import Channel, Inbox, PublicAddress
from tickets.actions import create_ticket
from tickets.models import Ticket
from workspaces.models import Member, User, Workspace, hash_token
from workspaces.models.audit import AuditEntry
from workspaces.permissions import Role
from workspaces.scope import workspace_scope

PASSWORD = "lamps-and-shades-42"
KINDS = (("chat", "Website"), ("messenger", "Page"), ("form", "Contact form"))
_numbers = itertools.count(1)


@dataclass(frozen=True)
class House:
    """One workspace with its people, its inbox and a channel of each kind."""

    workspace: Workspace
    inbox: Inbox
    chat: Channel
    email: Channel
    messenger: Channel
    form: Channel

    def scope(self):
        return workspace_scope(self.workspace)


def make_user(email: str, name: str) -> User:
    user = User.objects.create_user(email, PASSWORD, name=name, language="en")
    user.emailaddress_set.create(email=email, verified=True, primary=True)
    return user


def make_member(workspace: Workspace, email: str, name: str, role: str = Role.AGENT) -> Member:
    return Member.objects.create(
        workspace=workspace, user=make_user(email, name), role=role, display_name=name
    )


def make_house(slug: str) -> House:
    """The rows that `create_inbox` and `connect_channel` write (tests/house/test_cast.py), at a quarter of the cost."""
    workspace = Workspace.objects.create(name=slug.title(), slug=slug)
    with workspace_scope(workspace):
        inbox = Inbox.objects.create(name="Support")
        channels = [_fallback(inbox)]
        channels += [_channel(inbox, kind, name, f"{slug}-{kind}") for kind, name in KINDS]
        channels.append(_channel(inbox, "email", "Support", f"support@{slug}.example"))
        channels = Channel.objects.bulk_create(channels)
        PublicAddress.objects.bulk_create(map(_address, channels))
        told = [("inbox.created", inbox, {"name": inbox.name, "everyone": True, "named": []})]
        told += [
            ("channel.connected", channel, {"kind": channel.kind, "name": channel.name, "inbox": inbox.name})
            for channel in channels[1:]
        ]
        AuditEntry.objects.bulk_create(_chained(workspace, told))
    return House(workspace, inbox, **{channel.kind: channel for channel in channels[1:]})


def _fallback(inbox: Inbox) -> Channel:
    """The address an inbox has from birth."""
    channel = _channel(inbox, "email", inbox.name, new_address(inbox.name))
    channel.config = {
        "fallback": True,
        "from_name": inbox.name,
        "from_style": "agent_and_company",
        "sends": False,
    }
    return channel


def _channel(inbox: Inbox, kind: str, name: str, identifier: str) -> Channel:
    return Channel(
        workspace_id=inbox.workspace_id, inbox=inbox, kind=kind, name=name, identifier=identifier, config={}
    )


def _address(channel: Channel) -> PublicAddress:
    kind = "mail" if channel.config else channel.kind
    return PublicAddress(
        kind=kind, value=channel.identifier, workspace_id=channel.workspace_id, channel_id=channel.pk
    )


def _chained(workspace: Workspace, told: Iterable[tuple[str, Model, dict]]) -> Iterator[AuditEntry]:
    """Lines of the log, each sealing the one before it."""
    previous = ""
    for number, (action, target, after) in enumerate(told, start=1):
        entry = AuditEntry(
            workspace=workspace,
            number=number,
            action=action,
            target_type=target._meta.label_lower,
            target_id=str(target.pk),
            target_name=str(target),
            after=after,
            previous=previous,
        )
        entry.seal = previous = entry.right_seal()
        yield entry


def make_visitor(house: House, token: str = "") -> Visitor:
    return Visitor.objects.create(
        channel_id=house.chat.pk, token_hash=hash_token(token or f"visitor-{next(_numbers)}"), language="en"
    )


def make_mail(house: House, body: str = "The dimmer flickers.", **fields) -> Inbound:
    fields = {
        "address": "james@pine.example",
        "name": "James Whitfield",
        "external_id": f"<{uuid.uuid4()}@pine.example>",
        "subject": "Dimmer flickers",
        "is_mail": True,
    } | fields
    return Inbound(channel=house.email, body=body, **fields)


def make_conversation(house: House, body: str = "The dimmer flickers.", **fields) -> Conversation:
    """A conversation that came by mail. Call inside the house's scope."""
    appended = receive(make_mail(house, body, **fields))
    return Conversation.objects.get(pk=appended.conversation_id)


def make_ticket(house: House, name: str = "Dimmer flickers", **fields) -> Ticket:
    """A ticket without a conversation, in the inbox. Call inside the house's scope."""
    return create_ticket(**({"name": name, "by": None, "inbox": house.inbox} | fields))
