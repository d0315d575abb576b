"""The fixed cast: ada (owner) and ben (agent) of Acme, cleo of Globex, who must see nothing of Acme."""

import itertools
import uuid
from dataclasses import dataclass

from contacts.models import Visitor
from conversations.models import Conversation
from conversations.receive import Inbound, receive
from inboxes.actions import connect_channel, create_inbox
from inboxes.models import Channel, Inbox
from tickets.actions import create_ticket
from tickets.models import Ticket
from workspaces.models import Member, User, Workspace, hash_token
from workspaces.permissions import Role
from workspaces.scope import workspace_scope

PASSWORD = "lamps-and-shades-42"
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
    workspace = Workspace.objects.create(name=slug.title(), slug=slug)
    with workspace_scope(workspace):
        inbox = create_inbox(name="Support")
        channels = {
            kind: connect_channel(inbox, kind=kind, name=name, identifier=f"{slug}-{kind}")
            for kind, name in (("chat", "Website"), ("messenger", "Page"), ("form", "Contact form"))
        }
        email = connect_channel(inbox, kind="email", name="Support", identifier=f"support@{slug}.example")
    return House(workspace, inbox, email=email, **channels)


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
