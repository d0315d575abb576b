"""Verbs that change contacts."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Company, Contact, ContactAddress, ContactCard, Visitor
from contacts.properties import BY_KEY, PROPERTIES
from contacts.signals import contacts_changed
from workspaces.audit import note
from workspaces.models import Member


@transaction.atomic
def find_or_create_contact(*, kind: str, address: str, name: str = "", language: str = "") -> Contact:
    """Return the contact who owns an address, making one when nobody does. The same address twice is one contact."""
    address = address.strip().lower()
    known = ContactAddress.objects.select_related("contact").filter(kind=kind, value=address).first()
    if known:
        return known.contact
    contact = Contact(name=name, language=language)
    if kind == "email":
        contact.email = address
    contact.save()
    row, created = ContactAddress.objects.get_or_create(
        kind=kind, value=address, defaults={"contact": contact}
    )
    if not created:  # somebody else made them meanwhile
        contact.delete()
    return row.contact


class AddressTaken(Exception):
    """The address belongs to another contact, who is `contact`: they are one person, or the address is wrong (SB-2)."""

    def __init__(self, contact: Contact):
        super().__init__(contact.called)
        self.contact = contact


@transaction.atomic
def set_property(contact: Contact, key: str, value: str) -> Contact:
    """Write one property from what was typed. Raises KeyError, ValidationError or AddressTaken; then nothing changed."""
    value = BY_KEY[key].check(value)
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if key == "email" and value:
        add_address(contact, kind="email", value=value)
    setattr(contact, key, _typed(contact, key, value))
    contact.save(update_fields=[key])
    if key in ("name", "email", "phone", "company"):
        contacts_changed.send(Contact, contacts=[contact.pk])
    return contact


def _typed(contact: Contact, key: str, value: str):
    if key == "company":
        return company_called(value) if value else None
    if key == "owner":
        return _member(contact, value) if value else None
    return value


def company_called(name: str) -> Company:
    return Company.objects.filter(name__iexact=name).order_by("pk").first() or Company.objects.create(
        name=name
    )


def _member(contact: Contact, value: str) -> Member:
    active = Member.objects.active().filter(workspace=contact.workspace_id)
    member = active.filter(pk=value).first() if value.isdigit() else None
    if member is None:
        raise ValidationError(_("This person is not a member of the workspace."))
    return member


def add_address(contact: Contact, *, kind: str, value: str) -> ContactAddress:
    """Make an address this contact's. Raises AddressTaken when it is another's."""
    row, _created = ContactAddress.objects.select_related("contact").get_or_create(
        kind=kind, value=value.strip().lower(), defaults={"contact": contact}
    )
    if row.contact_id != contact.pk:
        raise AddressTaken(row.contact)
    return row


@transaction.atomic
def drop_address(address: ContactAddress) -> None:
    """Forget an address; the one on the card gives way to the next."""
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=address.contact_id)
    address.delete()
    if address.kind == "email" and contact.email == address.value:
        other = contact.addresses.filter(kind="email").order_by("pk").first()
        contact.email = other.value if other else ""
        contact.save(update_fields=["email"])
        contacts_changed.send(Contact, contacts=[contact.pk])


@transaction.atomic
def create_contact(*, name: str, email: str = "", phone: str = "", language: str = "") -> Contact:
    """Make a contact by hand. Raises ValidationError, or AddressTaken with the contact who has the address (SB-2)."""
    contact = Contact(
        name=BY_KEY["name"].check(name),
        email=BY_KEY["email"].check(email),
        phone=BY_KEY["phone"].check(phone),
        language=BY_KEY["language"].check(language),
    )
    if not (contact.name or contact.email or contact.phone):
        raise ValidationError(_("Give a name, an email address or a phone number."))
    contact.save()
    if contact.email:
        add_address(contact, kind="email", value=contact.email)
    return contact


@transaction.atomic
def set_blocked(person: Contact | Visitor, blocked: bool) -> None:
    """What a blocked person writes from now on is spam (ST-5)."""
    type(person).objects.filter(pk=person.pk).update(blocked_at=timezone.now() if blocked else None)


@transaction.atomic
def choose_properties(keys: list[str]) -> None:
    """What stands beside a thread, in this order; keys that do not exist are left out."""
    known = [key for key in dict.fromkeys(keys) if key in BY_KEY]
    card = ContactCard.objects.select_for_update().first()
    ContactCard.objects.update_or_create(defaults={"properties": known})
    before = {"properties": card.properties if card else [one.key for one in PROPERTIES]}
    note("contact_card.changed", None, before, {"properties": known})
