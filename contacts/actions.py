"""Verbs that change contacts."""

from django.db import transaction

from contacts.models import Contact, ContactAddress


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
