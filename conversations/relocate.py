"""Conversations that go to another inbox with their channel, or because their inbox goes: a batch a transaction."""

from django.db import transaction
from django.utils import timezone

from conversations.actions import move
from conversations.models import Conversation
from inboxes.models import Relocation

BATCH = 50


def due() -> list[tuple[int, int]]:
    """(workspace, relocation) of what is not finished."""
    rows = Relocation.unscoped.using("maintenance").filter(finished_at=None).order_by("created_at")
    return list(rows.values_list("workspace_id", "pk")[:50])


@transaction.atomic
def step(pk: int) -> bool:
    """Move some, inside the scope; whether there is more to do. Two workers do not take the same one."""
    job = (
        Relocation.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("inbox", "to", "member")
        .filter(pk=pk, finished_at=None)
        .first()
    )
    if job is None:
        return False
    some = list(_left(job).order_by("pk")[:BATCH])
    for conversation in some:
        move(conversation, job.to, by=job.member)
    job.moved += len(some)
    if len(some) == BATCH:
        job.save(update_fields=["moved"])
        return True
    _finish(job)
    return False


def _left(job: Relocation):
    rows = Conversation.objects.filter(inbox=job.inbox)
    if job.channel_id:
        rows = rows.filter(channel=job.channel_id)
    return rows.open() | rows.present().filter(status="snoozed") if job.only_open else rows


def _finish(job: Relocation) -> None:
    if job.deletes_inbox:
        job.inbox.delete()  # takes the job along
        return
    job.finished_at = timezone.now()
    job.save(update_fields=["moved", "finished_at"])
