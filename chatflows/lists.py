"""The bot's step that puts whom it talks with on a list of contacts. Kept by hand, that is: a rule lets nobody in."""

from chatflows.doers import Doing, register
from contacts.lists import add
from contacts.models import ContactList, ListKind


@register("list")
def put(doing: Doing, effect: dict) -> None:
    """The step names its list in words. Skipped in silence when it is not there, or there is nobody to put on it."""
    name = str(effect.get("list") or "").strip()
    one = ContactList.objects.filter(kind=ListKind.STATIC, name__iexact=name).first()
    if one and doing.conversation.contact_id:
        add(one, [doing.conversation.contact_id])
