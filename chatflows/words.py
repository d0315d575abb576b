"""What the parts of a flow are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

OPERATORS = {
    "any_of": _("is any of"),
    "none_of": _("is none of"),
    "contains": _("contains any of"),
    "lacks": _("does not contain"),
    "known": _("is known"),
    "unknown": _("is unknown"),
    "eq": pgettext_lazy("number", "equals"),
    "ne": pgettext_lazy("number", "differs from"),
    "gt": _("is greater than"),
    "lt": _("is less than"),
    "between": _("is between"),
    "before": _("is before"),
    "after": _("is after"),
    "available": _("Somebody is available"),
    "none_available": _("Nobody is available"),
}
FACTS = {
    "response": _("Answer"),
    "available": _("Availability"),
    "contact.email": _("Email of the contact"),
    "contact.name": _("Name of the contact"),
    "contact.company": _("Company of the contact"),
    "contact.phone": _("Phone of the contact"),
    "language": _("Language"),
    "page.path": _("Path of the page"),
    "page.url": _("Address of the page"),
}
BUBBLES = {
    "text": _("Text"),
    "image": _("Picture"),
    "link": _("Link"),
    "file": _("File"),
    "video": _("Video"),
}
# What a card says it does, and the sprite's name of its icon.
HEADS = {
    "message": _("Says"),
    "question": _("Asks"),
    "subscription": _("Offers"),
    "set": _("Notes"),
    "list": _("Adds to a list"),
    "ticket": _("Creates a ticket"),
    "knowledge": _("Looks up"),
    "handover": _("Hands over"),
    "rule": _("Starts a rule"),
    "webhook": _("Calls"),
    "meeting": _("Books"),
    "branch": _("Decides"),
    "goto": _("Goes to"),
    "end": _("Ends"),
}
ICONS = {
    "message": "bot",
    "question": "form",
    "subscription": "mail",
    "set": "pencil",
    "list": "list",
    "ticket": "ticket",
    "knowledge": "search",
    "handover": "users",
    "rule": "zap",
    "webhook": "code",
    "meeting": "calendar",
    "branch": "workflow",
    "goto": "forward",
    "end": "done",
}
