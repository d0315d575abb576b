"""The words of the audit log: "<thing>.<verb>" as people read it. Both are nouns, so that languages with genders agree."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

THINGS = {
    "access": gettext_lazy("Access to an inbox"),
    "availability": gettext_lazy("Availability"),
    "channel": gettext_lazy("Channel"),
    "contact": gettext_lazy("Contact"),
    "contact_card": gettext_lazy("Contact card"),
    "export": gettext_lazy("Export of data"),
    "filters": gettext_lazy("Mail filters"),
    "holidays": gettext_lazy("Holidays"),
    "hours": gettext_lazy("Opening hours"),
    "inbox": gettext_lazy("Inbox"),
    "invitation": gettext_lazy("Invitation"),
    "label": gettext_lazy("Label"),
    "macro": gettext_lazy("Macro"),
    "member": gettext_lazy("Member"),
    "notification": gettext_lazy("Notifications"),
    "person": gettext_lazy("Person"),
    "property": gettext_lazy("Property"),
    "retention": gettext_lazy("Retention"),
    "role": gettext_lazy("Role"),
    "routing": gettext_lazy("Routing"),
    "rule": gettext_lazy("Rule"),
    "sender": gettext_lazy("Listed sender"),
    "sign_in": gettext_lazy("Sign-in"),
    "snippet": gettext_lazy("Saved reply"),
    "sso": gettext_lazy("Single sign-on"),
    "team": gettext_lazy("Team"),
    "token": gettext_lazy("API token"),
    "two_step": gettext_lazy("Two-step sign-in"),
    "password": gettext_lazy("Password"),
    "email": gettext_lazy("Email address"),
    "view": gettext_lazy("View"),
    "workspace": gettext_lazy("Workspace"),
}
VERBS = {
    "added": pgettext_lazy("log", "added"),
    "archived": pgettext_lazy("log", "archived"),
    "changed": pgettext_lazy("log", "changed"),
    "connected": pgettext_lazy("log", "connected"),
    "created": pgettext_lazy("log", "created"),
    "deleted": pgettext_lazy("log", "deleted"),
    "disconnected": pgettext_lazy("log", "disconnected"),
    "downloaded": pgettext_lazy("log", "downloaded"),
    "ended": pgettext_lazy("log", "ended"),
    "erased": pgettext_lazy("log", "erased"),
    "exported": pgettext_lazy("log", "exported"),
    "invited": pgettext_lazy("log", "invited"),
    "joined": pgettext_lazy("log", "joined"),
    "merged": pgettext_lazy("log", "merged"),
    "moved": pgettext_lazy("log", "moved"),
    "paused": pgettext_lazy("log", "paused"),
    "reconnected": pgettext_lazy("log", "reconnected"),
    "refused": pgettext_lazy("log", "refused"),
    "removed": pgettext_lazy("log", "removed"),
    "renamed": pgettext_lazy("log", "renamed"),
    "requested": pgettext_lazy("log", "requested"),
    "restored": pgettext_lazy("log", "restored"),
    "resumed": pgettext_lazy("log", "resumed"),
    "signed_in": pgettext_lazy("log", "signed in"),
    "signed_out": pgettext_lazy("log", "signed out"),
    "switched_off": pgettext_lazy("log", "switched off"),
    "switched_on": pgettext_lazy("log", "switched on"),
    "withdrawn": pgettext_lazy("log", "withdrawn"),
}


def in_words(action: str) -> str:
    """An action as a line of the log; a word that is not known stays as it is written."""
    thing, _dot, verb = action.partition(".")
    return _("%(thing)s · %(what)s") % {"thing": THINGS.get(thing, thing), "what": VERBS.get(verb, verb)}
