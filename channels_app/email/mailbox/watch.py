"""The process `mailboxes`: one thread for each mailbox, told of new mail by the server (IDLE), asking each minute anyway."""

import threading
import time
from contextlib import suppress

import structlog
from django.db import DatabaseError, connections

from channels_app.email.mailbox import health
from channels_app.email.mailbox.account import account_of
from channels_app.email.mailbox.dial import Box, open_imap
from channels_app.email.mailbox.fetch import Reader, Stopped
from channels_app.email.mailbox.trouble import LASTING, Trouble, understand
from channels_app.models import Mailbox
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

ROUND_SECONDS = 60  # at least this often a mailbox is looked at, whatever its server tells
LOOK_SECONDS = 3  # for mailboxes that were connected, paused or mended
FIRST_DELAY, LONGEST_DELAY = 5, 300
LOCK = 0x6D61696C << 32  # the upper half of the advisory lock's key


class Watcher(threading.Thread):
    """Keeps one mailbox read until it is told to stop."""

    def __init__(self, workspace_id: int, mailbox_id: int):
        super().__init__(name=f"mailbox-{mailbox_id}", daemon=True)
        self.workspace_id, self.mailbox_id = workspace_id, mailbox_id
        self.stopping, self.hurry = threading.Event(), threading.Event()
        self.is_failing = False

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._session()
            except Stopped:
                return
            except DatabaseError:
                # Our own fault, not the mailbox's. What was not committed is fetched again.
                log.warning("mailbox_database_away", mailbox_id=self.mailbox_id, exc_info=True)
                self._rest(FIRST_DELAY)
            except Exception as error:
                self._rest(self._failed(error))
            finally:
                connections.close_all()

    def _session(self) -> None:
        with workspace_scope(self.workspace_id):
            account = account_of(Mailbox.objects.get(pk=self.mailbox_id))
        connections.close_all()
        box = open_imap(account)
        try:
            reader = Reader(self.workspace_id, self.mailbox_id, box)
            while not self.stopping.is_set():
                reader.catch_up()
                health.compare(box, self.workspace_id, self.mailbox_id)
                health.note_success(self.workspace_id, self.mailbox_id)
                self.is_failing = False
                connections.close_all()  # back to the pool: a quiet mailbox holds no connection
                self._wait_for_mail(box)
        finally:
            with suppress(Exception):
                box.close()

    def _wait_for_mail(self, box: Box) -> None:
        until = time.monotonic() + ROUND_SECONDS
        if "IDLE" not in box.client.capabilities:
            self.stopping.wait(ROUND_SECONDS)
            return
        with box.idle as idle:
            while not self.stopping.is_set() and time.monotonic() < until:
                began = time.monotonic()
                # An early end without a word is a connection that closed: leaving IDLE will say so.
                if idle.poll(timeout=1) or time.monotonic() - began < 0.9:
                    return

    def _failed(self, error: Exception) -> float:
        """Note it and return how long to rest."""
        trouble = understand(error)
        log.warning(
            "mailbox_failed", mailbox_id=self.mailbox_id, code=trouble.code, error=type(error).__name__
        )
        self.is_failing = True
        with suppress(DatabaseError):
            failures = health.note_failure(self.workspace_id, self.mailbox_id, trouble)
            return delay_after(trouble, failures)
        return FIRST_DELAY

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        self.hurry.clear()
        while time.monotonic() < until and not self.stopping.is_set() and not self.hurry.is_set():
            self.stopping.wait(0.2)


def delay_after(trouble: Trouble, failures: int) -> float:
    """Twice as long each time. A door that stays closed is tried rarely: too many tries lock accounts."""
    if trouble.code in LASTING:
        return LONGEST_DELAY
    return min(LONGEST_DELAY, FIRST_DELAY * 2 ** max(0, failures - 1))


class Locks:
    """One poller for each mailbox, by advisory locks on a connection of our own. Losing them is harmless: rows are unique."""

    def __init__(self):
        self.connection = None

    def take(self, mailbox_id: int) -> bool:
        if self.connection is None:
            self.connection = connections.create_connection("default")
        with self.connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_lock(%s)", [LOCK | mailbox_id])
            return cursor.fetchone()[0]

    def release(self, mailbox_id: int) -> None:
        if self.connection is not None:
            with self.connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [LOCK | mailbox_id])

    def drop(self) -> None:
        """Lets go of all of them before it returns: that a connection is closed, the server learns later."""
        gone, self.connection = self.connection, None
        if gone is None:
            return
        try:
            with gone.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock_all()")
        except Exception:
            with suppress(Exception):
                # Closed for good: handed back to the pool it might still hold locks.
                gone.connection.close()
        with suppress(Exception):
            gone.close()


class Poller:
    """Starts a watcher for each connected mailbox and stops those of mailboxes that are gone."""

    def __init__(self):
        self.watchers: dict[int, Watcher] = {}
        self.ending: list[Watcher] = []  # told to stop, and not yet done with what they were at
        self.locks = Locks()
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self.look()
            except DatabaseError:
                log.warning("mailboxes_database_away", exc_info=True)
                self.locks.drop()
            finally:
                connections.close_all()
            self.stopping.wait(LOOK_SECONDS)
        self.leave()

    def look(self) -> None:
        wanted = {pk: (workspace, failures) for pk, workspace, failures in connected_mailboxes()}
        self.ending = [watcher for watcher in self.ending if watcher.is_alive()]
        for pk in set(self.watchers) - set(wanted):
            self._stop(pk)
        for pk, (workspace_id, failures) in wanted.items():
            watcher = self.watchers.get(pk)
            if watcher and watcher.is_alive():
                if watcher.is_failing and not failures:
                    watcher.hurry.set()  # somebody connected it again
            elif watcher or self.locks.take(pk):
                self.watchers[pk] = Watcher(workspace_id, pk)
                self.watchers[pk].start()

    def _stop(self, pk: int) -> None:
        watcher = self.watchers.pop(pk)
        watcher.stopping.set()
        self.ending.append(watcher)
        self.locks.release(pk)

    def leave(self) -> None:
        for watcher in self.watchers.values():
            watcher.stopping.set()
        deadline = time.monotonic() + 5
        for watcher in [*self.watchers.values(), *self.ending]:
            watcher.join(max(0.0, deadline - time.monotonic()))
        self.locks.drop()


def connected_mailboxes() -> list[tuple[int, int, int]]:
    """(mailbox, workspace, failures in a row) over all workspaces; ids alone."""
    rows = Mailbox.unscoped.using("maintenance").filter(
        channel__paused_at=None, channel__disconnected_at=None, channel__workspace__suspended_at=None
    )
    return list(rows.values_list("pk", "workspace_id", "failures"))
