"""What the numbers of a chatflow say in one sentence. Pure: numbers in, words out."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import spell
from analytics.bots.figures import Details
from analytics.reports.findings import LEAST, nothing, settled_alone


def of_bot(details: Details) -> str:
    """“Lumi” settles 4 in 10 alone."""
    n = details.whole.n
    return settled_alone(details.flow.name, n["completed"], n["walks"])


def of_live_chat(details: Details) -> str:
    chats, missed, name = details.whole.n["chats"], details.whole.n["missed"], details.flow.name
    if chats < LEAST:
        return _("Too few chats yet to say how “%(bot)s” does") % {"bot": name}
    if not missed:
        return _("No chat of “%(bot)s” was missed") % {"bot": name}
    return _("%(part)s of the chats of “%(bot)s” were missed") % {
        "part": spell.share(missed, chats),
        "bot": name,
    }


def of_steps(details: Details) -> str:
    """Where visitors leave."""
    worst, left = details.worst, sum(step.dropped for step in details.steps)
    if not any(step.reached for step in details.steps):
        return nothing()
    if worst is None:
        return _("Nobody left midway")
    if left < LEAST:
        said = ngettext("%(n)s visitor left midway so far", "%(n)s visitors left midway so far", left)
        return said % {"n": spell.number(left)}
    return _("Visitors leave most often at “%(step)s”") % {"step": worst.name}
