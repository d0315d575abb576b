"""The last step out: a built mail is handed to a server, and what the server says is understood."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.mime.image import MIMEImage
from smtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext as _

from channels_app.adapter import Result, Unreachable
from channels_app.email.mailbox.trouble import Trouble

NOT_LET_IN = ("login", "revoked", "unreadable")
GOODBYE = 2  # seconds for the server's answer to QUIT: the mail is taken, and that must be written down soon


class Unclear(Unreachable):
    """The line broke after the mail was handed over: it may have been taken. The next try bears the same Message-ID."""


class TakenBySome(Unreachable):
    """Some recipients were taken, others shall be tried again."""

    def __init__(self, words: str, accepted: list[str]):
        super().__init__(words)
        self.accepted = accepted


class MailboxTrouble(Unreachable):
    """The mailbox does not let us in: no fault of this mail, and somebody must act."""


class Built(EmailMultiAlternatives):
    """A mail in Django's terms whose bytes are ours, for backends that are no SMTP."""

    def __init__(self, letter, mime: EmailMessage):
        super().__init__(
            letter.subject,
            letter.text,
            str(letter.sender),
            [str(person) for person in letter.to],
            [str(person) for person in letter.bcc],
            cc=[str(person) for person in letter.cc],
            reply_to=[str(person) for person in letter.reply_to],
            headers={name: " ".join(value.split()) for name, value in _own_headers(mime)},
        )
        if letter.html:
            self.attach_alternative(letter.html, "text/html")
        self.mime = mime

    def message(self, **kwargs) -> EmailMessage:
        return self.mime


def _own_headers(mime: EmailMessage) -> Iterator[tuple[str, str]]:
    known = {"from", "to", "cc", "reply-to", "subject", "mime-version", "date"}
    return (
        (name, str(value))
        for name, value in mime.items()
        if name.lower() not in known and not name.lower().startswith("content-")
    )


def hand_over(letter, mime: EmailMessage) -> Result:
    """Send it. Refusals for good are a Result; what may pass raises Unreachable."""
    if not isinstance(letter.connection, EmailBackend):
        return _through_a_provider(letter, mime)
    with _opened(letter.connection) as smtp:
        try:
            return _talk(smtp, letter, mime.as_bytes())
        except SMTPResponseException as error:
            return _answered(error.smtp_code, words(error.smtp_code, error.smtp_error))
        except (SMTPException, OSError) as error:
            raise Unreachable(str(error)) from error


def _through_a_provider(letter, mime: EmailMessage) -> Result:
    built = Built(letter, mime)
    for file in letter.files:
        if file.cid:
            built.attach(_shown_in_the_text(file))
        else:
            built.attach(file.name, file.read(), file.kind)
    try:
        letter.connection.send_messages([built])
    except Exception as error:  # every provider's backend has its own kinds
        raise Unreachable(str(error)) from error
    return Result("sent", external_id=letter.message_id)


def _shown_in_the_text(file) -> MIMEImage:
    picture = MIMEImage(file.read(), file.kind.partition("/")[2])
    picture.add_header("Content-ID", f"<{file.cid}>")
    picture.add_header("Content-Disposition", "inline", filename=file.name)
    return picture


@contextmanager
def _opened(backend: BaseEmailBackend) -> Iterator[SMTP]:
    """A signed-in connection. Refused or not there: the mailbox is at fault, never the mail, so it is tried again."""
    try:
        backend.open()
    except Trouble as trouble:
        kind = MailboxTrouble if trouble.code in NOT_LET_IN else Unreachable
        raise kind(trouble.words) from trouble
    except SMTPAuthenticationError as error:
        raise MailboxTrouble(words(error.smtp_code, error.smtp_error)) from error
    except SMTPResponseException as error:
        raise Unreachable(words(error.smtp_code, error.smtp_error)) from error
    except (SMTPException, OSError) as error:
        raise Unreachable(str(error)) from error
    smtp = backend.connection
    try:
        yield smtp
    finally:
        if smtp.sock:
            smtp.sock.settimeout(GOODBYE)
        with suppress(SMTPException, OSError):
            backend.close()


def _talk(smtp: SMTP, letter, raw: bytes) -> Result:
    smtp.ehlo_or_helo_if_needed()
    options = [f"size={len(raw)}"] if smtp.has_extn("size") else []
    if letter.needs_utf8:
        if not smtp.has_extn("smtputf8"):
            return Result("failed", _("The mail server does not take addresses with these letters."))
        smtp.command_encoding = "utf-8"
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    code, text = smtp.mail(letter.envelope_sender, options)
    if code != 250:
        return _answered(code, words(code, text))
    accepted, refused = _name_recipients(smtp, letter.recipients)
    if not accepted:
        code, told = next(iter(refused.values()))
        codes = {code for code, _told in refused.values()}
        return _answered(min(codes), told if len(refused) == 1 else _listed(refused))
    _give(smtp, raw)
    return _after(letter, accepted, refused)


def _name_recipients(smtp: SMTP, recipients: list[str]) -> tuple[list[str], dict[str, tuple[int, str]]]:
    accepted, refused = [], {}
    for address in recipients:
        code, text = smtp.rcpt(address)
        if code in (250, 251):
            accepted.append(address)
        elif code == 421:
            raise SMTPResponseException(code, text)
        else:
            refused[address] = (code, words(code, text))
    return accepted, refused


def _give(smtp: SMTP, raw: bytes) -> None:
    """From here on a broken line leaves open whether the mail was taken."""
    try:
        code, text = smtp.data(raw)
    except (SMTPServerDisconnected, TimeoutError) as error:
        raise Unclear(str(error)) from error
    if code != 250:
        raise SMTPResponseException(code, text)


def _after(letter, accepted: list[str], refused: dict[str, tuple[int, str]]) -> Result:
    for_now = {address: answer for address, answer in refused.items() if answer[0] < 500}
    if for_now:
        raise TakenBySome(_listed(for_now), [*letter.accepted, *accepted])
    return Result("sent", error=_listed(refused), external_id=letter.message_id)


def _answered(code: int, told: str) -> Result:
    if code >= 500:
        return Result("failed", told)
    raise Unreachable(told)


def _listed(refused: dict[str, tuple[int, str]]) -> str:
    return "; ".join(f"{address}: {told}" for address, (_code, told) in refused.items())


def words(code: int, text: bytes | str) -> str:
    """The server's own words on one line."""
    told = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return " ".join(f"{code} {told}".split())[:400]
