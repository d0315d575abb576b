"""The properties of a contact that people read and write, and how each is checked. A closed list: no other key is set."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language_info, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from contacts.models import Contact, ContactCard
from workspaces.models import Member
from workspaces.zones import zone_names


def _line(most: int) -> Callable[[str], str]:
    def check(value: str) -> str:
        value = " ".join(value.split())
        if len(value) > most:
            raise ValidationError(_("Use %(most)s characters at most.") % {"most": most})
        return value

    return check


def _phone(value: str) -> str:
    value = " ".join(value.split())
    digits = [sign for sign in value if sign.isdigit()]
    if value and (len(value) > 40 or len(digits) < 3 or set(value) - set("0123456789+-./() x#")):
        raise ValidationError(_("This is not a phone number, for example +33 4 00 00 12 47."))
    return value


def _email(value: str) -> str:
    value = value.strip().lower()
    if value:
        try:
            validate_email(value)
        except ValidationError:
            raise ValidationError(_("This is not an email address, for example name@company.com.")) from None
    return value


def _language(value: str) -> str:
    value = value.strip().lower().replace("_", "-")[:10]
    if value and not all(part.isalnum() for part in value.split("-")):
        raise ValidationError(_("Use a language code such as en, fr or pt-br."))
    return value


def _time_zone(value: str) -> str:
    value = value.strip()
    if value and value not in zone_names():
        raise ValidationError(_("This time zone is not known, for example Europe/Paris."))
    return value


@dataclass(frozen=True)
class Property:
    """One property: its key, its word, how a typed value is checked (raises ValidationError) and what sort it is."""

    key: str
    label: str
    check: Callable[[str], str]
    sort: str = "text"  # text, email, tel, company, member


PROPERTIES = [
    Property("name", gettext_lazy("Name"), _line(200)),
    Property("email", gettext_lazy("Email"), _email, "email"),
    Property("phone", gettext_lazy("Phone"), _phone, "tel"),
    Property("job_title", gettext_lazy("Job title"), _line(100)),
    Property("company", gettext_lazy("Company"), _line(200), "company"),
    Property("language", gettext_lazy("Writes in"), _language),
    Property("time_zone", gettext_lazy("Time zone"), _time_zone),
    Property("city", gettext_lazy("City"), _line(100)),
    Property("owner", pgettext_lazy("contact", "Owner"), str.strip, "member"),
]
BY_KEY = {property.key: property for property in PROPERTIES}


def chosen() -> list[Property]:
    """The properties that this workspace shows beside a thread, in its order."""
    card = ContactCard.objects.first()
    return named(card and card.properties)


def named(keys: list[str] | None) -> list[Property]:
    """Those of a card; of none, all."""
    return PROPERTIES if keys is None else [BY_KEY[key] for key in keys if key in BY_KEY]


def shown(contact: Contact, property: Property) -> str:
    """A property as people read it: a company's or a member's name, a language's own word."""
    value = getattr(contact, property.key)
    if isinstance(value, Member):
        return value.display_name
    if property.key == "language" and value:
        return _language_name(value)
    return str(value) if value else ""


def as_line(contact: Contact, property: Property) -> dict:
    """A property as _property.html draws it: {key, label, sort, value, url}."""
    value = shown(contact, property)
    link = {"email": "mailto:", "tel": "tel:"}.get(property.sort, "")
    url = link + value.replace(" ", "") if link and value else ""
    return {"key": property.key, "label": property.label, "sort": property.sort, "value": value, "url": url}


def _language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"]).capitalize()
    except KeyError:
        return code
