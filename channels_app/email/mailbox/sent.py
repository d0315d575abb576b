"""A copy of what was sent, in the mailbox's own folder for it (EM-2b)."""

from contextlib import suppress
from datetime import datetime

import structlog
from imap_tools.utils import encode_folder as encoded

from channels_app.email.mailbox.account import Account
from channels_app.email.mailbox.dial import open_imap
from channels_app.email.mailbox.trouble import Trouble, understand

log = structlog.get_logger(__name__)


def keep_copy(account: Account, raw: bytes, sent_at: datetime) -> bool:
    """Append it, as read. The mail has left: nothing that goes wrong here is its fault, so it is only told in the log."""
    if not account.sent_folder or not account.imap.host:
        return False
    try:
        _append(account, raw, sent_at)
    except Exception as error:
        log.warning("sent_copy_failed", channel_id=account.channel_id, code=understand(error).code)
        return False
    return True


def _append(account: Account, raw: bytes, sent_at: datetime) -> None:
    box = open_imap(account)
    try:
        status, _told = box.client.append(encoded(account.sent_folder), r"(\Seen)", sent_at, raw)
        if status != "OK":
            raise Trouble("folder")
        with suppress(Exception):
            box.client.logout()
    finally:
        with suppress(Exception):
            box.close()
