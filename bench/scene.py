"""A workspace to measure in, removed afterwards."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from config.demo.build import remove
from contacts.models import Contact
from conversations.append import NewMessage, append
from conversations.models import Conversation
from inboxes.actions import connect_channel, create_inbox
from workspaces.models import Member, User, Workspace
from workspaces.scope import workspace_scope


@contextmanager
def scene(conversations: int) -> Iterator[tuple[Member, list[Conversation]]]:
    """A member and so many open conversations of one message each, inside the workspace's scope; undone at the end.

    Born a demo: of no other may the audit log be taken away while it is young.
    """
    workspace = Workspace.objects.create(name="Bench", slug=f"bench-{uuid.uuid4().hex[:8]}", is_demo=True)
    user = User.objects.create_user(f"{workspace.slug}@bench.example", None, name="Bench")
    member = Member.objects.create(workspace=workspace, user=user, role="owner", display_name="Bench")
    try:
        with workspace_scope(workspace):
            rows = _fill(conversations)
        look_again()
        yield member, rows
    finally:
        remove(workspace)
        user.delete()


def look_again() -> None:
    """What autovacuum does within a minute: without statistics the planner takes every table for an empty one."""
    from django.conf import settings

    if settings.OWNER:
        with psycopg.connect(settings.OWNER, autocommit=True) as owner:
            owner.execute("analyze")


def _fill(count: int) -> list[Conversation]:
    inbox = create_inbox(name="Bench")
    channel = connect_channel(inbox, kind="chat", name="Bench")
    workspace_id = inbox.workspace_id
    contacts = Contact.objects.bulk_create(
        [Contact(workspace_id=workspace_id, name=f"Person {number}") for number in range(count)]
    )
    rows = Conversation.objects.bulk_create(
        [
            Conversation(
                workspace_id=workspace_id,
                inbox=inbox,
                channel=channel,
                channel_kind="chat",
                contact=contact,
                contact_name=contact.name,
            )
            for contact in contacts
        ]
    )
    for start in range(0, count, 500):
        append([inbound(row, "Hello, is anybody there?") for row in rows[start : start + 500]])
    return rows


def inbound(conversation: Conversation, body: str) -> NewMessage:
    return NewMessage(
        conversation_id=conversation.pk,
        channel_id=conversation.channel_id,
        channel_kind=conversation.channel_kind,
        direction="in",
        author_kind="contact",
        body=body,
    )
