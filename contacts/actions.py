"""Verbs that change contacts."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import phones
from contacts.companies import company_called, company_of_address
from contacts.history import note_changes
from contacts.models import Company, Contact, ContactAddress, ContactCard, Visitor
from contacts.properties import BY_KEY, PROPERTIES
from contacts.signals import contacts_changed
from workspaces.audit import note
from workspaces.models import Member


@transaction.atomic
def find_or_create_contact(
    *, kind: str, address: str, name: str = "", language: str = "", proven: bool = False
) -> Contact:
    """Return the contact who owns an address, making one when nobody does. The same address twice is one contact.

    `proven`: they wrote from it, or who vouches for it signed it; what was only typed is not (TR-6).
    """
    address = address.strip().lower()
    known = ContactAddress.objects.select_related("contact").filter(kind=kind, value=address).first()
    if known:
        if proven and known.proven_at is None:
            ContactAddress.objects.filter(pk=known.pk).update(proven_at=timezone.now())
        return known.contact
    contact = Contact(name=name, language=language)
    if kind == "email":
        contact.email = address
        contact.company = company_of_address(address)
    contact.save()
    row, created = ContactAddress.objects.get_or_create(
        kind=kind,
        value=address,
        defaults={"contact": contact, "proven_at": timezone.now() if proven else None},
    )
    if not created:  # somebody else made them meanwhile
        contact.delete()
    return row.contact


ADDRESS_TAKEN = gettext_lazy("Somebody has this address already.")


class AddressTaken(Exception):
    """The address belongs to another contact, who is `contact`: they are one person, or the address is wrong (SB-2)."""

    def __init__(self, contact: Contact):
        super().__init__(contact.called)
        self.contact = contact


@transaction.atomic
def set_property(contact: Contact, key: str, value: str, *, how: str = "") -> Contact:
    """Write one property from what was typed. Raises KeyError, ValidationError or AddressTaken; then nothing changed."""
    value = BY_KEY[key].check(value)
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    before, fields = {key: getattr(contact, key)}, [key]
    if key == "email" and value:
        add_address(contact, kind="email", value=value, how=how)
    if key == "phone":
        value, contact.phone_key = phones.tidy(value, phones.default_country() if value else "")
        fields.append("phone_key")
    setattr(contact, key, _typed(contact, key, value))
    contact.save(update_fields=fields)
    note_changes(contact, before, {key: getattr(contact, key)}, how=how)
    if key in ("name", "email", "phone", "company"):
        contacts_changed.send(Contact, contacts=[contact.pk])
    return contact


@transaction.atomic
def set_company(contact: Contact, company: Company | None, *, how: str = "") -> None:
    """The company that is meant, whatever others are called like it."""
    contact = Contact.objects.select_for_update(of=("self",)).select_related("company").get(pk=contact.pk)
    before, contact.company = contact.company, company
    contact.save(update_fields=["company"])
    note_changes(contact, {"company": before}, {"company": company}, how=how)
    contacts_changed.send(Contact, contacts=[contact.pk])


def _typed(contact: Contact, key: str, value: str):
    if key == "company":
        return company_called(value) if value else None
    if key == "owner":
        return _member(contact, value) if value else None
    return value


def _member(contact: Contact, value: str) -> Member:
    active = Member.objects.active().filter(workspace=contact.workspace_id)
    member = active.filter(pk=value).first() if value.isdigit() else None
    if member is None:
        raise ValidationError(_("This person is not a member of the workspace."))
    return member


def add_address(contact: Contact, *, kind: str, value: str, how: str = "") -> ContactAddress:
    """Make an address this contact's. Raises AddressTaken when it is another's."""
    row, created = ContactAddress.objects.select_related("contact").get_or_create(
        kind=kind, value=value.strip().lower(), defaults={"contact": contact}
    )
    if row.contact_id != contact.pk:
        raise AddressTaken(row.contact)
    if created:
        note_changes(contact, {}, {"address": row.value}, how=how)
        _touch(contact)
    return row


def _touch(contact: Contact) -> None:
    """An address is on their card, and stands in a table of its own."""
    Contact.objects.filter(pk=contact.pk).update(updated_at=timezone.now())


@transaction.atomic
def prefer_address(address: ContactAddress) -> Contact:
    """The address that stands on the card, and that answers go to first."""
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=address.contact_id)
    if address.kind == "email" and contact.email != address.value:
        note_changes(contact, {"email": contact.email}, {"email": address.value})
        contact.email = address.value
        contact.save(update_fields=["email"])
        contacts_changed.send(Contact, contacts=[contact.pk])
    return contact


@transaction.atomic
def drop_address(address: ContactAddress) -> None:
    """Forget an address; the one on the card gives way to the next."""
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=address.contact_id)
    address.delete()
    note_changes(contact, {"address": address.value}, {})
    _touch(contact)
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
    contact.phone, contact.phone_key = phones.tidy(contact.phone, phones.default_country())
    if contact.email:
        contact.company = company_of_address(contact.email)
    contact.save()
    if contact.email:
        add_address(contact, kind="email", value=contact.email)
    return contact


@transaction.atomic
def set_blocked(person: Contact | Visitor, blocked: bool) -> None:
    """What a blocked person writes from now on is spam (ST-5)."""
    rows = type(person).objects.filter(pk=person.pk, blocked_at__isnull=blocked)
    if rows.update(blocked_at=timezone.now() if blocked else None) and isinstance(person, Contact):
        note_changes(person, {"blocked": "" if blocked else "1"}, {"blocked": "1" if blocked else ""})


@transaction.atomic
def set_deleted(contact: Contact, deleted: bool) -> None:
    """Out of the lists, or back into them. Conversations stay; whoever writes again comes back by themselves."""
    rows = Contact.objects.filter(pk=contact.pk, deleted_at__isnull=deleted)
    if rows.update(deleted_at=timezone.now() if deleted else None):
        note_changes(contact, {"deleted": "" if deleted else "1"}, {"deleted": "1" if deleted else ""})


@transaction.atomic
def choose_properties(keys: list[str]) -> None:
    """What stands beside a thread, in this order; keys that do not exist are left out."""
    known = [key for key in dict.fromkeys(keys) if key in BY_KEY]
    card = ContactCard.objects.select_for_update().first()
    ContactCard.objects.update_or_create(defaults={"properties": known})
    before = {"properties": card.properties if card else [one.key for one in PROPERTIES]}
    note("contact_card.changed", None, before, {"properties": known})


@transaction.atomic
def choose_ways(*, country: str, by_domain: str) -> None:
    """Where numbers without a country are dialled, and what an address says of the company (SB-5)."""
    card = ContactCard.objects.select_for_update().first()
    if card is None:
        card = ContactCard.objects.create(properties=[one.key for one in PROPERTIES])
    before = {"country": card.country, "by_domain": card.by_domain}
    card.country, card.by_domain = country, by_domain
    card.save(update_fields=["country", "by_domain"])
    note("contact_card.changed", None, before, {"country": country, "by_domain": by_domain})
