"""Phone numbers as people write them and as they are compared. What cannot be read as one stays as it was typed."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from contacts.models import ContactCard


def default_country() -> str:
    """Where a number without a country is dialled: two letters, or "" when the workspace did not say."""
    card = ContactCard.objects.only("country").first()
    return card.country if card else ""


def read(typed: str, country: str) -> phonenumbers.PhoneNumber | None:
    """A number that exists, or None."""
    try:
        number = phonenumbers.parse(typed, country or None)
    except NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def tidy(typed: str, country: str) -> tuple[str, str]:
    """(as people read it, digits to find it by). A number of no known country stays as typed."""
    number = read(typed, country) if typed else None
    if number is None:
        return typed, digits(typed)[:40]
    shown = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    key = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return (shown if len(shown) <= 40 else typed), digits(key) + digits(number.extension or "")[:8]


def digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())


def looked_for(typed: str) -> str:
    """The digits to look for when somebody types a number, however they write it; "" for other words.

    The zero that is dialled at home and the two before a country are no part of the number that is kept.
    """
    if len(digits(typed)) < 5 or set(typed) - set("0123456789+-./() "):
        return ""
    return digits(typed).lstrip("0")


def countries() -> list[tuple[str, str]]:
    """(code, name) of every country with numbers, by name."""
    from babel import Locale
    from django.utils.translation import get_language

    names = Locale.parse(get_language() or "en", sep="-").territories
    known = [(code, names.get(code, code)) for code in phonenumbers.SUPPORTED_REGIONS]
    return sorted(known, key=lambda one: one[1])
