"""The few sentences that scripts say by themselves, in the reader's language."""

from django.utils.translation import gettext as _


def words_for_scripts() -> dict[str, str]:
    """Every key is used by frontend/js; `{…}` is filled in there."""
    return {
        "now": _("now"),
        "minutes": _("{n} min"),
        "draft": _("Draft:"),
        "draftKept": _("Draft kept"),
        "draftHere": _("Draft kept on this device"),
        "sending": _("Sending…"),
        "notSent": _("Not sent. Your text is kept."),
        "notSaved": _("Not saved. Try again"),
        "tryAgain": _("Try again"),
        "discard": _("Discard"),
        "onlyTeam": _("Only your team"),
        "today": _("Today"),
        "newOne": _("1 new"),
        "newMany": _("{n} new"),
        "shelfOne": _("1 new conversation"),
        "shelfMany": _("{n} new conversations"),
        "typing": _("{name} is typing…"),
        "reading": _("{name} is reading too"),
        "replying": _("{name} is replying"),
        "sendAnyway": _("{name} is replying. Send anyway?"),
        "said": _("{name}: {text}"),
        "closed": _("Closed."),
        "reopened": _("Open again."),
        "undo": _("Undo"),
        "dismiss": _("Dismiss"),
        "offline": _("You are offline. Complete up to {time}."),
        "reconnecting": _("Connecting again. Complete up to {time}."),
        "reload": _("Much has happened since. Load the page again"),
        "signedOut": _("You are signed out. Your text is kept on this device."),
        "uploading": _("{name}: {n}%"),
        "attached": _("{name} is attached"),
        "attachedNone": _("{name} was not attached."),
        "removeFile": _("Remove {name}"),
        "stillUploading": _("A file is still on its way."),
        "loadFailed": _("This conversation did not load."),
    }
