"""Mails as they would arrive, written by story."""

import uuid
from email.message import EmailMessage
from email.utils import formatdate

from channels_app.email.payloads import keep, print_of, understand
from conversations.append import Appended
from conversations.models import Message
from tests.factories import House


def mail(body: str = "The dimmer flickers.", **headers) -> EmailMessage:
    """James writes to Acme's support, unless told otherwise. `message_id` and `sender` stand for their headers."""
    letter = EmailMessage()
    letter["From"] = headers.pop("sender", "James Whitfield <james@pine.example>")
    letter["To"] = headers.pop("to", "support@acme.example")
    letter["Subject"] = headers.pop("subject", "Dimmer flickers")
    letter["Date"] = formatdate()
    letter["Message-ID"] = headers.pop("message_id", f"<{uuid.uuid4().hex}@pine.example>")
    for name, value in headers.items():
        letter[name.replace("_", "-")] = value
    letter.set_content(body)
    return letter


def bring(
    house: House, letter: EmailMessage | bytes, *, channel=None, to=(), source="smtp"
) -> Appended | None:
    """The whole way in: kept, committed, understood."""
    raw = letter if isinstance(letter, bytes) else letter.as_bytes()
    with house.scope():
        kept = keep(
            channel or house.email,
            source=source,
            external_id=print_of(raw),
            raw=raw,
            headers={"from": "", "to": list(to)},
        )
    return understand(house.workspace.pk, kept.pk)


def message_of(house: House, appended: Appended) -> Message:
    with house.scope():
        return Message.objects.select_related("conversation").get(pk=appended.message_id)
