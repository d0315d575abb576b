"""Deeds about the lists of contacts: whoever writes is put on one, or taken off."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import lists
from contacts.models import ContactList
from conversations.deeds.kinds import DeedRefused, Doing, Kind, name_in, numbers, register
from conversations.models import Conversation
from workspaces.models import Member


def _choices(by: Member) -> list[tuple[str, str]]:
    return [(str(one.pk), one.name) for one in lists.static_lists()]


def _clean(value: str, by: Member | None) -> str:
    if lists.static_list(value) is None:
        raise ValidationError(_("Choose a list."))
    return value


def _names(values: set[str]) -> dict[str, str]:
    return {str(one.pk): one.name for one in ContactList.objects.filter(pk__in=numbers(values))}


def _name(deed: dict) -> str:
    return name_in(deed) or _("a list that was removed")


def _do(conversation: Conversation, deed: dict, do) -> None:
    one = lists.static_list(deed["value"])
    if one is None:
        raise DeedRefused(_("This list is not here any more."))
    if conversation.contact_id is None:
        raise DeedRefused(_("This conversation has no contact."))
    do(one, [conversation.contact_id])


def _put(conversation: Conversation, deed: dict, doing: Doing) -> None:
    _do(conversation, deed, lists.add)


def _take(conversation: Conversation, deed: dict, doing: Doing) -> None:
    _do(conversation, deed, lists.take_off)


register(
    Kind(
        "list_add",
        gettext_lazy("Put the contact on a list"),
        "users",
        lambda deed: _("Put the contact on “%(list)s”") % {"list": _name(deed)},
        _put,
        _choices,
        _clean,
        names=_names,
    )
)
register(
    Kind(
        "list_drop",
        gettext_lazy("Take the contact off a list"),
        "users",
        lambda deed: _("Take the contact off “%(list)s”") % {"list": _name(deed)},
        _take,
        _choices,
        _clean,
        names=_names,
    )
)
