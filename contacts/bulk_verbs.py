"""What can be done to many contacts, or to many companies, at once: each verb with its way back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts import actions, lists
from contacts.custom import as_typed, field_of, kept, set_values
from contacts.history import note_changes
from contacts.models import About, Company, Contact, ContactList, PropertyDefinition, Sort
from workspaces.models import Member
from workspaces.numbers import whole
from workspaces.permissions import Permission

# Names and addresses are one person's own.
FOR_MANY = ("company", "job_title", "language", "time_zone", "city")
EMPTY: tuple = (None, "", [])


@dataclass(frozen=True)
class Verb:
    """`check` reads what was chosen (raises ValidationError); `was` is what to put back, None where nothing changes."""

    check: Callable[[dict, Member], Any]
    was: Callable[[Any, Any], Any]
    do: Callable[[Any, Any], None]
    undo: Callable[[Any, Any, Any], None]
    permission: str = str(Permission.WORK)


def _to_whom(told: dict, by: Member) -> int | None:
    value = str(told.get("to", ""))
    if value == "none":
        return None
    active = Member.objects.active().filter(workspace=by.workspace_id)
    member = active.filter(pk=whole(value)).first()
    if member is None:
        raise ValidationError(_("Choose who shall own them."))
    return member.pk


def _give(contact: Contact, owner: int | None) -> None:
    before = contact.owner
    Contact.objects.filter(pk=contact.pk).update(owner=owner)
    after = Member.objects.filter(pk=owner).first() if owner else None
    note_changes(contact, {"owner": before}, {"owner": after})


def _which(told: dict, by: Member) -> tuple[str, Any]:
    """("city", "Lyon"), or what `_own` gives."""
    key, value = str(told.get("key", "")), str(told.get("value", ""))
    if key in FOR_MANY:
        return key, actions.BY_KEY[key].check(value)
    return _own(About.CONTACT, key, value)


def _which_of_company(told: dict, by: Member) -> tuple[str, Any]:
    return _own(About.COMPANY, str(told.get("key", "")), str(told.get("value", "")))


def _own(about: About, key: str, value: str) -> tuple[str, Any]:
    """(key, value as it is kept, None to empty it) of a property of the workspace's own."""
    pk = whole(key[1:]) if key[:1] == "p" else 0
    own = PropertyDefinition.objects.filter(about=about, archived_at=None, pk=pk).first()
    if own is None or own.sort == Sort.FILE:
        raise ValidationError(_("Choose a property."))
    return own.key, kept(field_of(own).clean(as_typed(own, [value]))) if value.strip() else None


def _had(row: Contact | Company, argument: tuple[str, Any]) -> Any:
    key, value = argument
    old = str(getattr(row, key) or "") if key in FOR_MANY else row.custom.get(key)
    return None if old == value or (old in EMPTY and value in EMPTY) else [old]


def _write(row: Any, argument: tuple[str, Any]) -> None:
    key, value = argument
    if key in FOR_MANY:
        actions.set_property(row, key, value)
    else:
        set_values(row, {key: value})


def _write_back(row: Any, was: list, argument: tuple[str, Any]) -> None:
    _write(row, (argument[0], "" if was[0] is None else was[0]))


def _which_list(told: dict, by: Member) -> ContactList:
    one = lists.static_list(told.get("list_pk"))
    if one is None:
        raise ValidationError(_("Choose a list."))
    return one


OF_CONTACTS = {
    "owner": Verb(
        _to_whom,
        lambda c, owner: None if c.owner_id == owner else [c.owner_id],
        _give,
        lambda c, was, _owner: _give(c, was[0]),
    ),
    "property": Verb(_which, _had, _write, _write_back),
    "block": Verb(
        lambda told, by: None,
        lambda c, _a: None if c.blocked_at else [0],
        lambda c, _a: actions.set_blocked(c, True),
        lambda c, _was, _a: actions.set_blocked(c, False),
    ),
    "unblock": Verb(
        lambda told, by: None,
        lambda c, _a: [1] if c.blocked_at else None,
        lambda c, _a: actions.set_blocked(c, False),
        lambda c, _was, _a: actions.set_blocked(c, True),
    ),
    "list_add": Verb(
        _which_list,
        lambda c, one: None if one and c.list_rows.filter(contact_list=one).exists() else [0],
        lambda c, one: lists.add(one, [c.pk]),
        lambda c, _was, one: lists.take_off(one, [c.pk]),
    ),
    "list_drop": Verb(
        _which_list,
        lambda c, one: [1] if one and c.list_rows.filter(contact_list=one).exists() else None,
        lambda c, one: lists.take_off(one, [c.pk]),
        lambda c, _was, one: lists.add(one, [c.pk]),
    ),
    "delete": Verb(
        lambda told, by: None,
        lambda c, _a: None if c.deleted_at else [0],
        lambda c, _a: actions.set_deleted(c, True),
        lambda c, _was, _a: actions.set_deleted(c, False),
        str(Permission.ERASE_CONTACTS),
    ),
    "restore": Verb(
        lambda told, by: None,
        lambda c, _a: [1] if c.deleted_at else None,
        lambda c, _a: actions.set_deleted(c, False),
        lambda c, _was, _a: actions.set_deleted(c, True),
        str(Permission.ERASE_CONTACTS),
    ),
}
OF_COMPANIES = {"property": Verb(_which_of_company, _had, _write, _write_back)}
VERBS: dict[str, dict[str, Verb]] = {About.CONTACT.value: OF_CONTACTS, About.COMPANY.value: OF_COMPANIES}
