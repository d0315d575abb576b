"""Where the mail of a domain is read and sent, as far as it is generally known; else the names that most choose."""

from dataclasses import dataclass

from channels_app.email.mailbox.account import Server
from channels_app.models import Security

TLS, STARTTLS = Security.TLS.value, Security.STARTTLS.value
_SAME = {
    "gmail.com": ("imap.gmail.com", "smtp.gmail.com"),
    "googlemail.com": ("imap.gmail.com", "smtp.gmail.com"),
    "yahoo.com": ("imap.mail.yahoo.com", "smtp.mail.yahoo.com"),
    "yahoo.fr": ("imap.mail.yahoo.com", "smtp.mail.yahoo.com"),
    "aol.com": ("imap.aol.com", "smtp.aol.com"),
    "fastmail.com": ("imap.fastmail.com", "smtp.fastmail.com"),
    "mailbox.org": ("imap.mailbox.org", "smtp.mailbox.org"),
    "posteo.de": ("posteo.de", "posteo.de"),
    "gmx.de": ("imap.gmx.net", "mail.gmx.net"),
    "gmx.net": ("imap.gmx.net", "mail.gmx.net"),
    "gmx.com": ("imap.gmx.com", "mail.gmx.com"),
    "web.de": ("imap.web.de", "smtp.web.de"),
    "t-online.de": ("secureimap.t-online.de", "securesmtp.t-online.de"),
    "orange.fr": ("imap.orange.fr", "smtp.orange.fr"),
    "free.fr": ("imap.free.fr", "smtp.free.fr"),
    "laposte.net": ("imap.laposte.net", "smtp.laposte.net"),
    "sfr.fr": ("imap.sfr.fr", "smtp.sfr.fr"),
    "infomaniak.com": ("mail.infomaniak.com", "mail.infomaniak.com"),
    "ik.me": ("mail.infomaniak.com", "mail.infomaniak.com"),
    "ovh.net": ("ssl0.ovh.net", "ssl0.ovh.net"),
    "zoho.com": ("imap.zoho.com", "smtp.zoho.com"),
    "zoho.eu": ("imap.zoho.eu", "smtp.zoho.eu"),
    "yandex.com": ("imap.yandex.com", "smtp.yandex.com"),
    "bluewin.ch": ("imaps.bluewin.ch", "smtpauths.bluewin.ch"),
}
# These take STARTTLS on 587 only.
_SUBMISSION = {
    "icloud.com": ("imap.mail.me.com", "smtp.mail.me.com"),
    "me.com": ("imap.mail.me.com", "smtp.mail.me.com"),
    "mac.com": ("imap.mail.me.com", "smtp.mail.me.com"),
    "outlook.com": ("outlook.office365.com", "smtp-mail.outlook.com"),
    "hotmail.com": ("outlook.office365.com", "smtp-mail.outlook.com"),
}
APP_PASSWORD = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "yahoo.fr",
        "aol.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "fastmail.com",
    }
)


@dataclass(frozen=True)
class Guess:
    imap: Server
    smtp: Server
    is_known: bool
    needs_app_password: bool


def guess(address: str) -> Guess:
    domain = address.rpartition("@")[2].strip().lower()
    if domain in _SUBMISSION:
        read, send = _SUBMISSION[domain]
        servers = Server(read, 993, TLS), Server(send, 587, STARTTLS)
    else:
        read, send = _SAME.get(domain, (f"imap.{domain}", f"smtp.{domain}") if domain else ("", ""))
        servers = Server(read, 993, TLS), Server(send, 465, TLS)
    return Guess(*servers, domain in _SAME or domain in _SUBMISSION, domain in APP_PASSWORD)
