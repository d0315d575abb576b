"""Doors for the worker: what came in and waits to be understood; what has lain aside long enough."""

import time

from celery import shared_task

from channels_app.email import payloads
from channels_app.email.breakers import forget_old
from channels_app.email.mailbox.health import find_unread
from channels_app.messenger import typing
from channels_app.models import AutomaticMail, InboundPayload
from conversations.aside import due_for_deletion
from conversations.models import Conversation
from events import dispatch
from workspaces.scope import workspace_scope

BATCH = 50
TURN = 20.0  # seconds after which a task hands over to the next


@shared_task
def understand_mail() -> int:
    """Understand everything that waits, over all workspaces. Returns how many were looked at."""
    dispatch.quietly(lambda client: client.delete(payloads.nudge_key()))
    looked, until = 0, time.monotonic() + TURN
    while due := payloads.due(BATCH):
        for workspace_id, payload_ids in due:
            if time.monotonic() > until:
                payloads.nudge()  # a long queue is many turns: no task grows old enough to be killed
                return looked
            payloads.understand_many(workspace_id, payload_ids)
            looked += len(payload_ids)
    return looked


@shared_task
def fetch_what_was_sent() -> int:
    """Fetch the files and the names that wait, over all workspaces. Returns how many were looked at."""
    dispatch.quietly(lambda client: client.delete(f"{dispatch.settings.KEY_PREFIX}:fetch-nudged"))
    looked, until = 0, time.monotonic() + TURN
    while due := payloads.due(BATCH, fetched=True):
        for workspace_id, payload_ids in due:
            for payload_id in payload_ids:
                if time.monotonic() > until:
                    payloads.nudge_fetch()
                    return looked
                payloads.understand(workspace_id, payload_id)
                looked += 1
    return looked


@shared_task
def show_typing(workspace_id: int, conversation_id: int, on: bool) -> None:
    """Let a customer see elsewhere that somebody writes to them."""
    typing.show(workspace_id, conversation_id, on)


@shared_task
def watch_mailboxes() -> int:
    """Say at the addresses whose mailboxes nobody reads that it is so. Returns how many were found."""
    return find_unread()


@shared_task
def purge_aside() -> int:
    """Delete what has lain in Spam for 90 or in the trash for 30 days, and the mails it came from (SP-6, VW-2)."""
    due = due_for_deletion()
    for workspace_id, pk in due:
        with workspace_scope(workspace_id):
            aside = Conversation.objects.select_for_update(of=("self",)).filter(pk=pk)
            # Whoever brought it back meanwhile wins.
            if not aside.exclude(spam_at=None, trashed_at=None).exists():
                continue
            InboundPayload.objects.filter(message__conversation=pk).delete()
            Conversation.objects.filter(pk=pk).delete()
    return len(due)


@shared_task
def forget_automatic_mail() -> int:
    """Forget the machines' letters that no breaker counts any more."""
    workspaces = AutomaticMail.unscoped.using("maintenance").values_list("workspace_id", flat=True).distinct()
    forgotten = 0
    for workspace_id in list(workspaces):
        with workspace_scope(workspace_id):
            forgotten += forget_old()
    return forgotten
