"""Which column of a file is about what: guessed from its name, then chosen by who imports."""

import unicodedata

from django.utils.translation import gettext as _

from contacts.custom import known
from contacts.models import About, PropertyDefinition, Sort
from contacts.properties import PROPERTIES

# Names of columns in files of other programs, in the languages we speak: plain letters, no blanks.
NAMES = {
    "name": "name fullname contact contactname nom nomcomplet displayname",
    "first_name": "firstname givenname prenom vorname forename",
    "last_name": "lastname surname familyname nomdefamille nachname",
    "email": "email emailaddress mail courriel adressemail adresseemail primaryemail workemail",
    "phone": "phone phonenumber telephone tel mobile mobilephone numerodetelephone portable workphone",
    "job_title": "jobtitle title position poste fonction role",
    "company": "company companyname organisation organization entreprise societe account",
    "language": "language langue locale preferredlanguage lang",
    "time_zone": "timezone fuseauhoraire tz",
    "city": "city ville town",
    "owner": "owner contactowner proprietaire responsable",
}
KNOWN = {name: key for key, names in NAMES.items() for name in names.split()}


def own_of_rows() -> list[PropertyDefinition]:
    """The workspace's own properties that a row can write: of the contact, and of their company."""
    return [
        one for one in known([About.CONTACT.value]) + known([About.COMPANY.value]) if one.sort != Sort.FILE
    ]


def label_of(one: PropertyDefinition) -> str:
    return _("Company: %(label)s") % {"label": one.label} if one.about == About.COMPANY else one.label


def targets(own: list[PropertyDefinition]) -> list[tuple[str, str]]:
    """(key, word) of everything that a column can be about."""
    halves = [("first_name", _("First name")), ("last_name", _("Last name"))]
    usual = [(one.key, str(one.label)) for one in PROPERTIES]
    return [*usual[:1], *halves, *usual[1:], *((one.key, label_of(one)) for one in own)]


def guess(columns: list[str], sample: list[list[str]], own: list[PropertyDefinition]) -> list[str]:
    """For each column its key; each key once. A column full of addresses is one, however it is called."""
    # What both have a property of is the contact's.
    bare = {_plain(one.label): one.key for one in reversed(own)}
    words = KNOWN | bare | {_plain(str(label)): key for key, label in targets(own)}
    found: list[str] = []
    for place, column in enumerate(columns):
        key = words.get(_plain(column), "")
        if not key and _is_mail(place, sample):
            key = "email"
        found.append("" if key in found else key)
    return found


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in letters if sign.isalnum())


def _is_mail(place: int, sample: list[list[str]]) -> bool:
    values = [row[place] for row in sample if len(row) > place and row[place]]
    return bool(values) and all("@" in value and " " not in value for value in values)
