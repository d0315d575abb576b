"""One row of a file, checked: what it says of a contact and their company, or what is wrong with it."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts import phones
from contacts.custom import field_of, kept
from contacts.imports.mapping import label_of
from contacts.models import About, PropertyDefinition, Sort
from contacts.properties import BY_KEY
from workspaces.labelled import labelled
from workspaces.models import Member

# What a row says of the company: no property of a contact is called so.
COMPANY = "company.own"
YES = {"1", "yes", "y", "true", "oui", "vrai", "x"}
NO = {"0", "no", "n", "false", "non", "faux"}


@dataclass
class Reader:
    """What rows are read with, loaded once for many."""

    mapping: list[str]
    country: str
    own: dict[str, PropertyDefinition]
    members: dict[str, int]
    fields: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, mapping: list[str], own: list[PropertyDefinition], workspace_id: int) -> "Reader":
        members: dict[str, int] = {}
        for one in Member.objects.active().filter(workspace=workspace_id).select_related("user"):
            members |= {one.display_name.casefold(): one.pk, one.user.email.casefold(): one.pk}
        fields = {one.key: field_of(one) for one in own}
        for each in fields.values():
            each.required = False
        return cls(mapping, phones.default_country(), {one.key: one for one in own}, members, fields)

    def read(self, values: list[str]) -> dict[str, Any]:
        """{key: value} of what the row says, with COMPANY: {key: value} of what it says of the company; empty cells say
        nothing. Raises ValidationError in words."""
        told = {key: value for key, value in zip(self.mapping, values, strict=False) if key and value}
        halves = [told.pop("first_name", ""), told.pop("last_name", "")]
        if "name" not in told and any(halves):
            told["name"] = " ".join(filter(None, halves))
        read: dict[str, Any] = {}
        for key, value in told.items():
            try:
                read |= self._one(key, value)
            except ValidationError as wrong:
                label = label_of(self.own[key]) if key in self.own else BY_KEY[key].label
                raise ValidationError(labelled(label, " ".join(wrong.messages))) from None
        theirs = [key for key in read if key in self.own and self.own[key].about == About.COMPANY]
        if theirs:
            read[COMPANY] = {key: read.pop(key) for key in theirs}
        if not (read.get("name") or read.get("email") or read.get("phone")):
            raise ValidationError(_("There is no name, no email address and no phone number."))
        return read

    def _one(self, key: str, value: str) -> dict[str, Any]:
        if key in self.own:
            return {key: kept(self.fields[key].clean(self._as_typed(self.own[key], value)))}
        if key == "owner":
            if value.casefold() not in self.members:
                raise ValidationError(_("This person is not a member of the workspace."))
            return {key: self.members[value.casefold()]}
        checked = BY_KEY[key].check(value)
        if key != "phone":
            return {key: checked}
        shown, digits = phones.tidy(checked, self.country)
        return {"phone": shown, "phone_key": digits}

    @staticmethod
    def _as_typed(one: PropertyDefinition, value: str) -> Any:
        if one.sort == Sort.MANY:
            return [part.strip() for part in value.replace("|", ";").split(";") if part.strip()]
        if one.sort == Sort.CHECK:
            if value.casefold() not in YES | NO:
                raise ValidationError(_("Write yes or no."))
            return value.casefold() in YES
        if one.sort == Sort.NUMBER:
            return value.replace("\u202f", "").replace("\xa0", "").replace(" ", "")
        return value
