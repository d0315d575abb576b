from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.adapter import DeliveryRefused, Result, Unreachable
from contacts.models import ContactAddress
from conversations.models import Direction, Message
from inboxes.kinds import Kind

MOST_ENCLOSED = 20 * 1024 * 1024  # what most servers take, EM-13


@dataclass(frozen=True)
class Enclosed:
    """A file to go with a letter; its bytes are read when the letter leaves."""

    name: str
    kind: str
    path: str

    def read(self) -> bytes:
        with default_storage.open(self.path, "rb") as opened:
            return opened.read()


@dataclass(frozen=True)
class Letter:
    """A mail ready to leave; its Message-ID is the same at every try (P7)."""

    sender: str
    recipient: str
    subject: str
    body: str
    message_id: str
    in_reply_to: str
    files: tuple[Enclosed, ...] = ()

    def send(self) -> Result:
        headers = {"Message-ID": self.message_id}
        if self.in_reply_to:
            headers |= {"In-Reply-To": self.in_reply_to, "References": self.in_reply_to}
        mail = EmailMessage(self.subject, self.body, self.sender, [self.recipient], headers=headers)
        try:
            for file in self.files:
                mail.attach(file.name, file.read(), file.kind)
        except FileNotFoundError:
            return Result("failed", _("A file of this message is no longer there."))
        try:
            mail.send()
        except SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()))
            return Result("failed", f"{code} {reason.decode(errors='replace')}")
        except SMTPResponseException as error:
            if error.smtp_code >= 500:
                return Result("failed", f"{error.smtp_code} {error.smtp_error!s}")
            raise Unreachable(str(error)) from error
        except (SMTPException, OSError) as error:
            raise Unreachable(str(error)) from error
        return Result("sent", external_id=self.message_id)


class Email:
    kind = Kind(
        key="email", label=gettext_lazy("Email"), via=gettext_lazy("by email"), icon="mail", has_subject=True
    )

    def prepare(self, message: Message) -> Letter:
        conversation = message.conversation
        recipient = address_of(conversation.contact)
        before = conversation.messages.filter(direction=Direction.IN).exclude(external_id="")
        last = before.order_by("-seq").values_list("external_id", flat=True).first() or ""
        subject = message.subject or conversation.subject or _("Your message")
        if last and not subject.lower().startswith("re:"):
            subject = f"Re: {subject}"
        sender = message.channel.identifier
        if message.channel.kind != self.kind.key:
            sender = settings.DEFAULT_FROM_EMAIL
        return Letter(
            sender=sender,
            recipient=recipient,
            subject=subject.replace("\n", " ").replace("\r", " "),
            body=message.body,
            message_id=f"<{message.client_id}@{settings.MAIL_DOMAIN}>",
            in_reply_to=last if last.startswith("<") else "",
            files=enclosed_with(message),
        )


def enclosed_with(message: Message) -> tuple[Enclosed, ...]:
    """The files to send along. Raises DeliveryRefused when they are too large together (EM-13)."""
    files = list(message.attachments.order_by("pk"))
    if sum(file.size for file in files) > MOST_ENCLOSED:
        raise DeliveryRefused(_("These files are larger than 20 MB together, which mail does not carry."))
    return tuple(Enclosed(file.name, file.content_type, file.path) for file in files)


def address_of(contact) -> str:
    """The address to write to. Raises DeliveryRefused when there is none."""
    if contact is not None:
        known = ContactAddress.objects.filter(contact=contact, kind="email").order_by("pk").first()
        if known:
            return known.value
    raise DeliveryRefused(_("There is no email address to write to."))
