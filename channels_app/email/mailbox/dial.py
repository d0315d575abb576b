"""Connections to mail servers: every one goes through `egress`, and none is ever made less safe than asked."""

import imaplib
import smtplib
import socket

from django.conf import settings
from imap_tools import BaseMailBox
from imap_tools.errors import MailboxLoginError

from channels_app import egress
from channels_app.email.mailbox import oauth
from channels_app.email.mailbox.account import Account, Server
from channels_app.email.mailbox.trouble import Trouble
from channels_app.models import Security

COMMAND_SECONDS = 60
LARGEST_LITERAL = 52 * 1024 * 1024  # what a server may send at once: a mail of the largest size, and a little


class GuardedImap(imaplib.IMAP4):
    """imaplib on a vetted socket, with TLS of its own and a limit to what the server may make us hold."""

    def __init__(self, server: Server):
        self._server = server
        super().__init__(server.host, server.port, timeout=COMMAND_SECONDS)
        if server.security == Security.STARTTLS:
            # Never on in the clear when the server does not offer it.
            try:
                self.starttls(egress.tls_context())
            except (imaplib.IMAP4.error, OSError):
                self.shutdown()
                raise Trouble("tls") from None

    def _create_socket(self, timeout):
        sock = egress.connect(self._server.host, self._server.port)
        sock.settimeout(COMMAND_SECONDS)
        if self._server.security == Security.TLS:
            return egress.tls_context().wrap_socket(
                sock, server_hostname=egress.ascii_name(self._server.host)
            )
        return sock

    def read(self, size):
        if size > LARGEST_LITERAL:
            raise self.abort("literal too large")
        return super().read(size)


class Box(BaseMailBox):
    """imap-tools' mailbox on our connection."""

    def __init__(self, server: Server):
        self._server = server
        super().__init__()

    def _get_mailbox_client(self):
        return GuardedImap(self._server)

    def learn_capabilities(self) -> None:
        """Many servers tell only those who signed in what else they can do."""
        _status, lines = self.client.capability()
        self.client.capabilities = tuple(lines[-1].decode("ascii", "replace").upper().split())

    def close(self) -> None:
        """Leave without waiting for a polite good-bye."""
        self.client.shutdown()


def refuse_plain(server: Server) -> None:
    if server.security == Security.PLAIN and not settings.MAIL_ALLOW_PLAIN:
        raise Trouble("plain")


def open_imap(account: Account) -> Box:
    """Connect and sign in; no folder is chosen yet. With OAuth, a refused token is renewed once."""
    refuse_plain(account.imap)
    if not account.uses_oauth:
        return _signed_in(account, "")
    try:
        return _signed_in(account, oauth.access_token(account))
    except Trouble as trouble:
        if trouble.code != "login":
            raise
    return _signed_in(account, oauth.access_token(account, renew=True))


def _signed_in(account: Account, token: str) -> Box:
    box = Box(account.imap)
    try:
        _sign_in(box, account, token)
        box.learn_capabilities()
    except BaseException:
        box.close()
        raise
    return box


def _sign_in(box: Box, account: Account, token: str) -> None:
    try:
        if token:
            box.xoauth2(account.username, token, initial_folder=None)
        elif (account.username + account.secret["password"]).isascii():
            box.login(account.username, account.secret["password"], initial_folder=None)
        else:
            box.login_utf8(account.username, account.secret["password"], initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except (MailboxLoginError, imaplib.IMAP4.error):
        # Which of the two was wrong is the server's secret; what it said stays with it.
        raise Trouble("login") from None


class _Dialled(smtplib.SMTP):
    def _get_socket(self, host, port, timeout):
        return _dial(host, port)


class _DialledTls(smtplib.SMTP_SSL):
    def _get_socket(self, host, port, timeout):
        return self.context.wrap_socket(_dial(host, port), server_hostname=egress.ascii_name(host))


def _dial(host: str, port: int) -> socket.socket:
    sock = egress.connect(host, port)
    sock.settimeout(COMMAND_SECONDS)
    return sock


def open_smtp(account: Account) -> smtplib.SMTP:
    """Connect and sign in, ready for `sendmail`."""
    server = account.smtp
    refuse_plain(server)
    made: smtplib.SMTP
    if server.security == Security.TLS:
        made = _DialledTls(server.host, server.port, context=egress.tls_context())
    else:
        made = _Dialled(server.host, server.port)
    try:
        if server.security == Security.STARTTLS:
            made.starttls(context=egress.tls_context())
        sign_in_smtp(made, account)
    except BaseException:
        made.close()
        raise
    return made


def sign_in_smtp(smtp: smtplib.SMTP, account: Account) -> None:
    if not account.uses_oauth:
        smtp.login(account.username, account.secret["password"])
        return
    try:
        _xoauth2(smtp, account, oauth.access_token(account))
    except smtplib.SMTPAuthenticationError:
        _xoauth2(smtp, account, oauth.access_token(account, renew=True))


def _xoauth2(smtp: smtplib.SMTP, account: Account, token: str) -> None:
    smtp.ehlo_or_helo_if_needed()
    # A refusal comes as a challenge that holds the reason; an empty answer ends it.
    said = f"user={account.username}\1auth=Bearer {token}\1\1"
    smtp.auth("XOAUTH2", lambda challenge=None: said if challenge is None else "")
