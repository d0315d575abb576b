"""How the mail of a channel leaves: through its mailbox's own server, else through the installation's."""

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from channels_app.email.mailbox.account import Account, account_of
from channels_app.email.mailbox.dial import open_smtp
from channels_app.models import Mailbox
from inboxes.models import Channel


class MailboxBackend(EmailBackend):
    """Django's SMTP, on a connection that is dialled and signed in by us."""

    def __init__(self, account: Account):
        super().__init__(host=account.smtp.host, port=account.smtp.port, fail_silently=False)
        self.account = account

    def open(self) -> bool:
        """Raises what `smtplib` raises, and Trouble when a permission was withdrawn."""
        if self.connection:
            return False
        self.connection = open_smtp(self.account)
        return True


def connection_for(channel: Channel) -> BaseEmailBackend:
    """The way out for a channel's mail. Call inside the scope; it dials when it is used, outside."""
    mailbox = Mailbox.objects.filter(channel_id=channel.pk).exclude(smtp_host="").first()
    return MailboxBackend(account_of(mailbox)) if mailbox else get_connection()
