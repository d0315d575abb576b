"""What came in as it came; and what mail channels keep beside themselves."""

from channels_app.models.forms import FormVersion
from channels_app.models.mail import AfterReading, AutomaticMail, Mailbox, Provider, ReplyToken, Security
from channels_app.models.messenger import MessengerPage
from channels_app.models.payloads import InboundPayload

__all__ = [
    "AfterReading",
    "AutomaticMail",
    "FormVersion",
    "InboundPayload",
    "Mailbox",
    "MessengerPage",
    "Provider",
    "ReplyToken",
    "Security",
]
