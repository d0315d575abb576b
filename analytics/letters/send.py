"""Letters leave when they are due: noted first, a row for each reader, then each claimed and sent once."""

from datetime import datetime, timedelta
from email.utils import parseaddr

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from analytics.letters.times import next_due
from analytics.letters.write import mail_of
from analytics.models import Letter, LetterReader, LetterSent
from workspaces.models import Member
from workspaces.permissions import Permission
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)
TRIES = 5
# After so long nobody wants the letter of yesterday morning any more.
TOO_LATE = timedelta(hours=12)
# A mail server may be slow. Whose worker died is tried again after it, under the same Message-ID.
LEASE = timedelta(minutes=5)
MOST = 200


def due(now: datetime | None = None) -> list[tuple[int, int]]:
    """(workspace, letter) across tenants, for the sweep."""
    rows = Letter.unscoped.using("maintenance").filter(next_at__lte=now or timezone.now())
    return list(rows.order_by("next_at").values_list("workspace_id", "pk")[:MOST])


def waiting() -> list[tuple[int, int]]:
    """(workspace, row) of what is noted and not sent."""
    now = timezone.now()
    rows = _free(LetterSent.unscoped.using("maintenance"), now).filter(due_at__gt=now - TOO_LATE)
    return list(rows.order_by("due_at", "pk").values_list("workspace_id", "pk")[:MOST])


def _free(rows, now: datetime):
    """Neither sent, nor held by a worker, nor tried too often."""
    held = Q(claimed_until__gt=now)
    return rows.filter(sent_at=None, tries__lt=TRIES).exclude(held)


def note_due(workspace_id: int, pk: int, now: datetime | None = None) -> int:
    """A row for each reader, and the next time. Twice and at once: the unique row of a due time is there once."""
    now = now or timezone.now()
    with workspace_scope(workspace_id):
        letter = Letter.objects.select_for_update().filter(pk=pk, next_at__lte=now).first()
        if letter is None:
            return 0
        readers = LetterReader.objects.filter(letter=letter, stopped_at=None).values_list("member", flat=True)
        about = {"workspace_id": workspace_id, "letter": letter, "due_at": letter.next_at}
        rows = [LetterSent(member_id=member, **about) for member in readers]
        LetterSent.objects.bulk_create(rows, ignore_conflicts=True)
        # What came due while nothing ran is one letter, not seven.
        letter.next_at = next_due(letter, now)
        letter.save(update_fields=["next_at"])
        return len(rows)


def send(workspace_id: int, pk: int) -> bool:
    """Claim, leave the scope, send, note it. What fails is given back; what dies is free when its lease is over."""
    with workspace_scope(workspace_id):
        mail = _claimed(pk)
    if mail is None:
        return False
    try:
        mail.send()
    except OSError as error:
        log.warning("report_letter_failed", row=pk, error=str(error))
        with workspace_scope(workspace_id):
            LetterSent.objects.filter(pk=pk).update(claimed_until=None)
        return False
    with workspace_scope(workspace_id):
        LetterSent.objects.filter(pk=pk).update(sent_at=timezone.now())
    return True


def _claimed(pk: int) -> EmailMultiAlternatives | None:
    """Its mail; None when another has it, or who should get it may not (T001) or does not want it any more."""
    mine, now = LetterSent.objects.filter(pk=pk), timezone.now()
    held = {"claimed_at": now, "claimed_until": now + LEASE}
    if not _free(mine, now).update(tries=F("tries") + 1, **held):
        return None
    row = mine.select_related("letter__dashboard").get()
    wants = LetterReader.objects.filter(letter=row.letter, member=row.member_id, stopped_at=None)
    members = Member.objects.active().select_related("user", "workspace").filter(Q(pk=row.member_id))
    member = members.first() if wants.exists() else None
    if member is None or not member.may(Permission.VIEW_REPORTS):
        row.delete()
        return None
    mail = mail_of(row.letter, member, row.due_at)
    # The same at every try: should the server have taken one whose worker died, mail programs show it once.
    mail.extra_headers["Message-ID"] = f"<reports-{row.letter_id}-{pk}@{_host()}>"
    return mail


def _host() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def send_now(letter: Letter, member: Member) -> None:
    """To who asks, as it would look if it were due now. Beside the rhythm, so it is no row of it."""
    mail = mail_of(letter, member, timezone.now())
    transaction.on_commit(mail.send, robust=True)
