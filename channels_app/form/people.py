"""What a form knows about the person and their company; and an address that was only claimed, proven later."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from contacts.actions import AddressTaken, set_property
from contacts.companies import save_company
from contacts.custom import answered, set_values
from contacts.models import About, Company, Contact
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
        set_values(contact, values, how="form")


# ── Their company ───────────────────────────────────────────────────────────────────────────────────────────────


def write_company(
    contact: Contact, maps: dict[str, list[str]], *, made_since: datetime | None = None
) -> bool:
    """What the fields say of the company they belong to. Returns whether it was written, or there was nothing to write.

    `made_since`: nobody proved whose address it is, so that only a company made by this submission is written.
    """
    values = answered(About.COMPANY, maps)
    company = contact.company
    if not values or company is None:
        return True
    if made_since and company.created_at < made_since:
        return False
    set_values(company, values, how="form")
    return True


def name_company(contact: Contact, maps: dict[str, list[str]], *, made_since: datetime) -> None:
    """The company that their address has just made is the one they name: not a second one beside it."""
    company, said = contact.company, maps.get("company")
    if company is None or not said or company.created_at < made_since:
        return
    if company.contacts.exclude(pk=contact.pk).exists():  # somebody else of the same domain was quicker
        return
    try:
        name = BY_KEY["company"].check(said[0])
        if not Company.objects.filter(name__iexact=name).exists():
            save_company(company, name=name, domain=company.domain, how="form")
            return
        set_property(contact, "company", name, how="form")
    except ValidationError:
        return
    company.delete()


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
        begun = rows.filter(pk=message.conversation_id, channel__kind="form").first()
        if begun is None or begun.visitor is None or not _is_from(message, begun.visitor.claimed_email):
            return
        first = begun.messages.filter(direction=Direction.IN, extra__has_key="form").order_by("seq").first()
        said = first.extra["form"] if first else {"maps": {}}
        if begun.contact_id is None:
            set_contact(begun, message.contact, by=None)
            write_properties(message.contact, said["maps"])
            write_company(Contact.objects.get(pk=message.contact_id), said["maps"])
        elif first and said.get("company_waits") and begun.contact_id == message.contact_id:
            write_company(message.contact, said["maps"])
            # Once: what the team changes after it stays.
            Message.objects.filter(pk=first.pk).update(
                extra=first.extra | {"form": said | {"company_waits": False}}
            )


prove.only_for = "email"  # type: ignore[attr-defined]


def _is_from(message: Message, claimed: str) -> bool:
    mail = (message.extra or {}).get("mail", {})
    writer = (mail.get("from") or {}).get("address", "")
    failed = (mail.get("auth") or {}).get("verdict") == "fail"
    return bool(claimed) and writer.lower() == claimed.lower() and not failed and not mail.get("auto")
