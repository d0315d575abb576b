"""The snippet by mail, for whoever looks after the site."""

from django.core.cache import cache
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inboxes.models import Channel
from inboxes.queries import snippet_of
from workspaces.audit import note
from workspaces.mail import letter
from workspaces.models import Member
from workspaces.refusals import Refused

MOST_A_DAY = 20  # of one workspace: this writes to addresses that nobody has proven


class TooManyLetters(Refused):
    message = gettext_lazy("That were many letters. Go on tomorrow.")


def send_snippet(channel: Channel, *, to: str, by: Member) -> None:
    """A letter in the language of the workspace, sent after commit. Raises TooManyLetters."""
    key = f"developer-letters:{channel.workspace_id}"
    cache.add(key, 0, timeout=86400)
    if cache.incr(key) > MOST_A_DAY:
        raise TooManyLetters
    told = {"name": _on_one_line(by.display_name), "workspace": _on_one_line(by.workspace.name)}
    with translation.override(by.workspace.language):
        paragraphs = [
            _("%(name)s asks you to put the chat of %(workspace)s on the website.") % told,
            _("Paste this line before </body>, on every page where the chat should show:"),
            snippet_of(channel),
            _("The chat shows on these sites:") + " " + ", ".join(channel.config.get("sites", []))
            if channel.config.get("sites")
            else _("Its site is not named in Parley yet: until then it shows nowhere."),
        ]
        mail = letter(
            to=to, subject=_("The chat for the website of %(workspace)s") % told, text="\n\n".join(paragraphs)
        )
    note("channel.exported", channel, after={"to": to})
    transaction.on_commit(mail.send)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
