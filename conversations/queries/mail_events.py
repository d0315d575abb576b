"""What machines did with mail, as one line of a thread each."""

from django.utils.translation import gettext as _

from conversations.actions.scheduled import HELD
from events import types
from events.models import Event

SHOWN = (types.MESSAGE_WENT_ROUND, types.REPLY_HELD, types.LETTER_SENT, types.LETTER_FAILED)


def mail_prose(event: Event) -> str:
    told = event.payload
    if event.type == types.MESSAGE_WENT_ROUND:
        return _("%(address)s is not connected: this answer was sent from %(sender)s.") % told
    if event.type == types.REPLY_HELD:
        reason = HELD.get(told.get("reason", ""), "")
        return _("An answer waits and was not sent: %(reason)s") % {"reason": reason}
    if event.type == types.LETTER_FAILED:
        return _("The mail to %(address)s could not be sent: %(error)s") % told
    words = {
        "digest": _("The visitor had left: what they missed was mailed to %(address)s."),
        "transcript": _("The transcript was mailed to %(address)s."),
        "acknowledgement": _("A word that it has arrived was mailed to %(address)s."),
        "survey": _("How it was: the question was mailed to %(address)s."),
    }
    return words.get(told.get("kind", ""), "") % {"address": told.get("address", "")}
