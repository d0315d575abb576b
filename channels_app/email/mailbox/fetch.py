"""Reading a mailbox: by UIDVALIDITY and UID alone, one mail and the cursor in one transaction (P1, P2, P9)."""

import email.utils
import imaplib
import os
import signal
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from imap_tools.errors import ImapToolsError, MailboxFetchError

from channels_app.email.mailbox import folder
from channels_app.email.mailbox.dial import Box
from channels_app.email.mailbox.folder import Measured, State
from channels_app.email.mailbox.trouble import Trouble
from channels_app.email.payloads import keep
from channels_app.models import AfterReading, InboundPayload, Mailbox
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

SOURCE = "imap"
LARGEST = 50 * 1024 * 1024
MEASURED_AT_ONCE = 200
BACKFILLED_AT_ONCE = 20  # between two looks for new mail
REFUSALS = 3  # of the server to hand out one mail, before its stub takes its place (P8)
CLOCKS_DIFFER = timedelta(days=1)
OLD = timedelta(days=7)


class Stopped(Exception):
    """The channel was paused, disconnected or set up anew meanwhile: leave at once."""


@dataclass
class Reader:
    """Reads one mailbox on an open connection. It remembers only what a restart may forget."""

    workspace_id: int
    mailbox_id: int
    box: Box
    refused: Counter = field(default_factory=Counter)

    def catch_up(self) -> int:
        """Keep everything that is new. Returns how many mails were kept."""
        mailbox = self._load()
        state = folder.choose(self.box, mailbox.folder, readonly=mailbox.after_reading == AfterReading.LEAVE)
        mailbox = self._settle(state)
        kept = 0
        for found in self._measured(folder.uids_above(self.box, mailbox.last_uid)):
            kept += self._take(mailbox, state, found, advance=True, backfill=is_history(mailbox, found))
        return kept + self._backfill(mailbox, state)

    def _load(self) -> Mailbox:
        with workspace_scope(self.workspace_id):
            found = Mailbox.objects.select_related("channel__inbox").filter(pk=self.mailbox_id).first()
        if found is None or not found.channel.is_active():
            raise Stopped
        return found

    def _settle(self, state: State) -> Mailbox:
        """Begin after what was there before us (CH-1); after a change of UIDVALIDITY begin at the first UID again.

        Uniqueness filters what we have: payloads by their number, messages by their Message-ID.
        """
        with workspace_scope(self.workspace_id):
            row = self._locked()
            if row.uid_validity != state.validity:
                first_time = row.uid_validity is None
                log.info("mailbox_numbered", mailbox_id=row.pk, again=not first_time)
                row.uid_validity, row.first_uid = state.validity, state.uid_next - 1
                row.last_uid = row.first_uid if first_time else 0
                row.save(update_fields=["uid_validity", "first_uid", "last_uid"])
        return row

    def _locked(self) -> Mailbox:
        rows = Mailbox.objects.select_for_update(of=("self",)).select_related("channel__inbox")
        row = rows.filter(pk=self.mailbox_id).first()
        if row is None or not row.channel.is_active():
            raise Stopped
        return row

    def _measured(self, uids: list[int]) -> Iterable[Measured]:
        for start in range(0, len(uids), MEASURED_AT_ONCE):
            some = uids[start : start + MEASURED_AT_ONCE]
            found = folder.measure(self.box, some)
            yield from (found[uid] for uid in some if uid in found)

    def _take(
        self, mailbox: Mailbox, state: State, found: Measured, *, advance: bool, backfill: bool
    ) -> bool:
        """Fetch one mail, keep it, and only then touch it on the server."""
        if advance and was_before_us(mailbox, found):
            return self._store(state, found.uid, None, {}, advance=True)
        raw, told = self._bytes(mailbox, found)
        _point("fetched")
        if raw is not None and backfill is None:
            backfill = is_dated_before(raw, mailbox.created_at - OLD)
        headers = {"arrived_at": found.arrived_at.isoformat() if found.arrived_at else "", **told}
        if backfill:
            headers["backfill"] = True
        kept = self._store(state, found.uid, raw, headers, advance=advance)
        if kept and not backfill and mailbox.after_reading != AfterReading.LEAVE:
            self._file_away(mailbox, found.uid)
        return kept

    def _file_away(self, mailbox: Mailbox, uid: int) -> None:
        """What cannot be marked or moved is in; reading goes on, and the page of the address says so."""
        moves = mailbox.after_reading == AfterReading.MOVE
        try:
            folder.file_away(self.box, uid, seen=True, move_to=mailbox.move_to if moves else "")
        except imaplib.IMAP4.abort:
            raise
        except (Trouble, ImapToolsError, imaplib.IMAP4.error):
            with workspace_scope(self.workspace_id):
                rows = Mailbox.objects.filter(pk=mailbox.pk)
                rows.update(last_error="folder", last_error_at=timezone.now())
        _point("filed")

    def _bytes(self, mailbox: Mailbox, found: Measured) -> tuple[bytes | None, dict]:
        """The mail, or a stub that says why not; None when it is gone."""
        if found.size > LARGEST:
            return self._stub(mailbox, found, "too_large"), {"too_large": found.size}
        try:
            raw = folder.whole(self.box, found.uid)
        except MailboxFetchError:
            self.refused[found.uid] += 1
            if self.refused[found.uid] < REFUSALS:
                raise
            return self._stub(mailbox, found, "refused"), {"refused": True}
        if raw is None and found.uid in folder.measure(self.box, [found.uid]):
            return self._stub(mailbox, found, "refused"), {"refused": True}
        return raw, {}

    def _stub(self, mailbox: Mailbox, found: Measured, why: str) -> bytes:
        try:
            header = folder.head(self.box, found.uid)
        except MailboxFetchError:
            header = b""
        with translation.override(mailbox.channel.inbox.language):
            if why == "too_large":
                words = _("This mail is too large to be fetched (%(size)d MB). It lies in the mailbox.")
                return folder.stub(header, words % {"size": found.size // 2**20})
            return folder.stub(header, _("The server did not hand out this mail. It lies in the mailbox."))

    def _store(self, state: State, uid: int, raw: bytes | None, headers: dict, *, advance: bool) -> bool:
        """The mail and the cursor commit together: killed before, it is fetched again; after, never."""
        with workspace_scope(self.workspace_id):
            row = self._locked()
            if row.uid_validity != state.validity:
                raise Stopped
            if advance and uid <= row.last_uid:
                return False  # another poller was faster
            if raw is not None:
                number = f"{state.validity}:{uid}"
                keep(row.channel, source=SOURCE, external_id=number, raw=raw, headers=headers)
            if advance:
                row.last_uid = uid
                row.save(update_fields=["last_uid"])
            _point("stored")
        _point("committed")
        return raw is not None

    def _backfill(self, mailbox: Mailbox, state: State) -> int:
        """Older mail that was asked for, a little at a time: new mail never waits behind it."""
        if not mailbox.backfill_days or mailbox.backfilled_at:
            return 0
        since = folder.imap_day(mailbox.created_at - timedelta(days=mailbox.backfill_days))
        there = folder.uids(self.box, f"SINCE {since} UID 1:{mailbox.first_uid}") if mailbox.first_uid else []
        with workspace_scope(self.workspace_id):
            have = kept_uids(mailbox)
            missing = [uid for uid in there if uid not in have]
            if not missing:
                Mailbox.objects.filter(pk=mailbox.pk).update(backfilled_at=timezone.now())
        some = self._measured(missing[:BACKFILLED_AT_ONCE])
        return sum(self._take(mailbox, state, found, advance=False, backfill=True) for found in some)


def kept_uids(mailbox: Mailbox) -> set[int]:
    """What we keep of the mailbox as it is numbered today. Call inside the scope."""
    prefix = f"{mailbox.uid_validity}:"
    rows = InboundPayload.objects.filter(
        channel_id=mailbox.channel_id, source=SOURCE, external_id__startswith=prefix
    )
    return {int(number.removeprefix(prefix)) for number in rows.values_list("external_id", flat=True)}


def was_before_us(mailbox: Mailbox, found: Measured) -> bool:
    """Only while reading everything again: mail that arrived before the mailbox was connected stays out (CH-1)."""
    again = found.uid <= mailbox.first_uid
    return bool(again and found.arrived_at and found.arrived_at < mailbox.created_at - CLOCKS_DIFFER)


def is_history(mailbox: Mailbox, found: Measured) -> bool | None:
    """None: only its own date can tell. A server that was moved gives all mail the date of the move: what is new by
    that date and old by its own comes in quietly. Nothing is lost, and nobody is rung for the mail of ten years."""
    return None if found.uid <= mailbox.first_uid else False


def is_dated_before(raw: bytes, limit: datetime) -> bool:
    for line in raw[:65536].splitlines():
        if not line:
            break
        if line[:5].lower() == b"date:":
            try:
                found = email.utils.parsedate_to_datetime(line[5:].decode("ascii", "replace").strip())
            except (ValueError, TypeError):
                return False
            return found.timestamp() < limit.timestamp()
    return False


def _point(name: str) -> None:
    """A place where tests end the process, as a power cut would."""
    if os.environ.get("PARLEY_CRASH_AT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
