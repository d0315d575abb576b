"""What goes wrong with a mailbox, in few words: coarse, so that nobody maps a network with them."""

import imaplib
import smtplib
import socket
import ssl

from django.utils.translation import gettext_lazy as _
from imap_tools.errors import MailboxFolderSelectError, MailboxLoginError

from channels_app.egress import NotAllowed

WORDS = {
    "unreachable": _("The server could not be reached. Check its name and port."),
    "not_allowed": _("This server cannot be used here. Ask the operator of this installation to allow it."),
    "tls": _("The connection to the server could not be secured. Check the port and the kind of encryption."),
    "plain": _("This installation allows encrypted connections only."),
    "login": _("The server refused the user name or the password."),
    "revoked": _("The permission was withdrawn or has expired. Connect the mailbox again."),
    "folder": _("There is no such folder in this mailbox."),
    "address": _("The server does not let this mailbox send from this address."),
    "closed": _("The server ended the conversation. We try again by ourselves."),
    "unreadable": _("The stored password cannot be read any more. Connect the mailbox again."),
    "unread": _("Nobody has read this mailbox for a quarter of an hour. Is the process “mailboxes” running?"),
    "protocol": _("The server answered in a way that we do not understand."),
}
# These do not pass by themselves: somebody must act.
LASTING = frozenset({"revoked", "unreadable"})


class Trouble(Exception):
    """A mailbox could not be used; `code` is a key of WORDS."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code

    @property
    def words(self) -> str:
        return str(WORDS[self.code])


def words_for(code: str) -> str:
    """What a stored code says, in the reader's language; what is no code says itself."""
    return str(WORDS.get(code, code))


def understand(error: BaseException) -> Trouble:
    """What an exception of the network, the server or the libraries means."""
    if isinstance(error, Trouble):
        return error
    if isinstance(error, NotAllowed):
        return Trouble("not_allowed")
    # A password beyond ASCII that the server's way of signing in cannot carry is a wrong password, too.
    if isinstance(error, (MailboxLoginError, smtplib.SMTPAuthenticationError, UnicodeError)):
        return Trouble("login")
    if isinstance(error, MailboxFolderSelectError):
        return Trouble("folder")
    if isinstance(error, (ssl.SSLError, smtplib.SMTPNotSupportedError)):
        return Trouble("tls")
    if isinstance(error, (smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)):
        return Trouble("address")
    if isinstance(error, (smtplib.SMTPServerDisconnected, imaplib.IMAP4.abort)):
        return Trouble("closed")
    if isinstance(error, (socket.gaierror, TimeoutError, OSError)):
        return Trouble("unreachable")
    return Trouble("protocol")
