"""What the numbers of a chatflow say in one sentence. Pure: numbers in, words out."""

from django.utils.translation import gettext as _

from analytics.bots.figures import Details

# Of fewer walks nobody should conclude anything.
LEAST = 10


def of_bot(details: Details) -> str:
    """ "Lumi settles 4 in 10 alone"."""
    name, walks = details.flow.name, details.whole.n["walks"]
    if walks < LEAST:
        return _("Too few chats yet to say how “%(bot)s” does") % {"bot": name}
    tenths = round(10 * details.whole.n["completed"] / walks)
    if tenths == 0:
        return _("“%(bot)s” settles next to none alone") % {"bot": name}
    if tenths == 10:
        return _("“%(bot)s” settles nearly all alone") % {"bot": name}
    return _("“%(bot)s” settles %(tenths)s in 10 alone") % {"bot": name, "tenths": tenths}


def of_live_chat(details: Details) -> str:
    chats, missed, name = details.whole.n["chats"], details.whole.n["missed"], details.flow.name
    if chats < LEAST:
        return _("Too few chats yet to say how “%(bot)s” does") % {"bot": name}
    if not missed:
        return _("No chat of “%(bot)s” was missed") % {"bot": name}
    share = round(100 * missed / chats)
    return _("%(share)s %% of the chats of “%(bot)s” were missed") % {"share": share, "bot": name}


def of_steps(details: Details) -> str:
    """Where visitors leave."""
    worst = details.worst
    if worst is None:
        return _("Nobody left midway")
    return _("Most leave at “%(step)s”") % {"step": worst.name}
