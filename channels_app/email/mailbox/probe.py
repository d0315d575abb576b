"""The test before a mailbox is connected: sign in both ways, and send a mail to itself that must arrive."""

import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from channels_app.email.mailbox import folder
from channels_app.email.mailbox.account import Account
from channels_app.email.mailbox.dial import Box, open_imap, open_smtp
from channels_app.email.mailbox.folder import State
from channels_app.email.mailbox.trouble import Trouble, understand

TRIES_AN_HOUR = 10
ARRIVAL_SECONDS = 8


class Failed(Exception):
    """The test ended; `side` is "imap" or "smtp"."""

    def __init__(self, side: str, trouble: Trouble):
        super().__init__(trouble.code)
        self.side, self.trouble = side, trouble


@dataclass(frozen=True)
class Proven:
    """Both ways work. `state` is where reading begins; `arrived` is None when nothing was sent."""

    state: State
    arrived: bool | None


def may_try(workspace_id: int) -> bool:
    """Ten tests an hour for a workspace: enough to connect a mailbox, too few to search a network."""
    key = f"mailbox-tests:{workspace_id}:{int(time.time() // 3600)}"
    cache.add(key, 0, 3600)
    try:
        return (cache.incr(key) or 0) <= TRIES_AN_HOUR
    except ValueError:  # the cache forgot it between the two lines
        return True


def try_out(account: Account, *, address: str, folders: tuple[str, ...] = ()) -> Proven:
    """Raises Failed. Runs outside any transaction and takes up to half a minute."""
    with _on("imap"):
        box = open_imap(account)
    try:
        with _on("imap"):
            for name in (*folders, account.folder):
                state = folder.choose(box, name, readonly=True)
        if not account.smtp.host:
            return Proven(state, None)
        sent = _send_to_itself(account, address)
        with _on("imap"):
            arrived = _arrives(box, sent)
            return Proven(folder.choose(box, account.folder, readonly=True), arrived)
    finally:
        box.close()


@contextmanager
def _on(side: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise Failed(side, understand(error)) from error


def _send_to_itself(account: Account, address: str) -> str:
    mail = EmailMessage()
    mail["From"] = mail["To"] = address
    mail["Subject"] = _("Parley can read and send here")
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain=settings.MAIL_DOMAIN)
    mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"] = "auto-generated", "All"
    mail.set_content(_("This mail tested the connection of your mailbox. You can delete it."))
    with _on("smtp"):
        smtp = open_smtp(account)
        try:
            smtp.send_message(mail, from_addr=address, to_addrs=[address])
        finally:
            _leave(smtp)
    return str(mail["Message-ID"])


def _leave(smtp: smtplib.SMTP) -> None:
    try:
        smtp.quit()
    except (smtplib.SMTPException, OSError):
        smtp.close()


def _arrives(box: Box, message_id: str) -> bool:
    """Some servers file what comes from themselves elsewhere, or late: then it is not seen, and that is said."""
    until = time.monotonic() + ARRIVAL_SECONDS
    while True:
        box.client.noop()
        if folder.uids(box, f'HEADER Message-ID "{message_id.strip("<>")}"'):
            return True
        if time.monotonic() > until:
            return False
        time.sleep(0.5)
