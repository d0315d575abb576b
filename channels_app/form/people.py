"""What a form knows about the person: written on a contact; and an address that was only claimed, proven later."""

from django.core.exceptions import ValidationError
from django.db import transaction

from contacts.actions import AddressTaken, set_property
from contacts.custom import answered, set_values
from contacts.models import About, Contact
from contacts.properties import BY_KEY
from conversations.actions.contact import set_contact
from conversations.models import Conversation, Direction, Message
from events.dispatch import name_of, on_request
from events.models import Event, Interest
from events.types import MESSAGE_RECEIVED
from workspaces.scope import workspace_scope

# What a form may write on a contact; who looks after them is the team's to say.
WRITABLE = ("name", "phone", "job_title", "company", "language", "city")


def write_properties(contact: Contact, maps: dict[str, list[str]]) -> None:
    """What the fields are about, on the contact. A value that a property does not take stays an answer only."""
    for key in [key for key in maps if key in WRITABLE and maps[key]]:
        try:
            with transaction.atomic():
                set_property(contact, key, BY_KEY[key].check(maps[key][0]), how="form")
        except (ValidationError, AddressTaken):
            continue
    if values := answered(About.CONTACT, maps):
        set_values(contact, values)


# ── An address that is proven later ─────────────────────────────────────────────────────────────────────────────


def await_proof() -> None:
    """From now on this workspace looks at answers by mail; one without such a claim pays nothing for it."""
    Interest.objects.get_or_create(type=MESSAGE_RECEIVED, name=name_of(prove))


@on_request
def prove(event: Event) -> None:
    """Reaction to message.received: who answers by mail from the address that a form claimed has proven it theirs."""
    with workspace_scope(event.workspace_id):
        message = Message.objects.select_related("contact").filter(pk=event.payload["message"]).first()
        if message is None or message.contact is None or message.channel_kind != "email":
            return
        rows = Conversation.objects.select_related("visitor")
        waiting = rows.filter(pk=message.conversation_id, channel__kind="form", contact=None).first()
        if waiting is None or waiting.visitor is None or not _is_from(message, waiting.visitor.claimed_email):
            return
        set_contact(waiting, message.contact, by=None)
        first = waiting.messages.filter(direction=Direction.IN, extra__has_key="form").order_by("seq").first()
        write_properties(message.contact, first.extra["form"]["maps"] if first else {})


prove.only_for = "email"  # type: ignore[attr-defined]


def _is_from(message: Message, claimed: str) -> bool:
    mail = (message.extra or {}).get("mail", {})
    writer = (mail.get("from") or {}).get("address", "")
    failed = (mail.get("auth") or {}).get("verdict") == "fail"
    return bool(claimed) and writer.lower() == claimed.lower() and not failed and not mail.get("auto")
