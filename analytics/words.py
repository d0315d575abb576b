"""What a list behind a number says on top: how many of what, what exactly that is, and of whom and when."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import spell, standing
from analytics.bots.figures import name_of_step
from analytics.choices import Choices
from analytics.models import Kind
from analytics.names import names_of
from analytics.reports.base import Behind
from tickets.models import Stage


def counted(kind: str, n: int) -> str:
    """ "12 replies"."""
    said: dict[str, Callable[[], str]] = {
        Kind.CREATED: lambda: ngettext("%(n)s conversation began", "%(n)s conversations began", n),
        Kind.CLOSED: lambda: ngettext("%(n)s closing", "%(n)s closings", n),
        Kind.UNDONE: lambda: ngettext(
            "%(n)s closing that did not last", "%(n)s closings that did not last", n
        ),
        Kind.REOPENED: lambda: ngettext("%(n)s re-opening", "%(n)s re-openings", n),
        Kind.SETTLED: lambda: ngettext("%(n)s closed conversation", "%(n)s closed conversations", n),
        Kind.FIRST_RESPONSE: lambda: ngettext("%(n)s first reply", "%(n)s first replies", n),
        Kind.FIRST_BY_OWNER: lambda: ngettext("%(n)s first reply", "%(n)s first replies", n),
        Kind.RESPONSE: lambda: ngettext(
            "%(n)s reply to somebody who waited", "%(n)s replies to somebody who waited", n
        ),
        Kind.REPLY: lambda: ngettext("%(n)s reply", "%(n)s replies", n),
        Kind.WAIT: lambda: ngettext("%(n)s wait", "%(n)s waits", n),
        Kind.ASSIGNED: lambda: ngettext("%(n)s assignment", "%(n)s assignments", n),
        Kind.HANDED_OVER: lambda: ngettext("%(n)s hand-over by a bot", "%(n)s hand-overs by a bot", n),
        Kind.MISSED: lambda: ngettext("%(n)s missed chat", "%(n)s missed chats", n),
        Kind.RATED: lambda: ngettext("%(n)s vote", "%(n)s votes", n),
        Kind.ASKED: lambda: ngettext("%(n)s question for a vote", "%(n)s questions for a vote", n),
        Kind.BOT_STARTED: lambda: ngettext("%(n)s started bot", "%(n)s started bots", n),
        Kind.BOT_COMPLETED: lambda: ngettext("%(n)s completed bot", "%(n)s completed bots", n),
        Kind.BOT_ABANDONED: lambda: ngettext("%(n)s abandoned bot", "%(n)s abandoned bots", n),
        Kind.BOT_HANDED_OVER: lambda: ngettext(
            "%(n)s bot that handed over", "%(n)s bots that handed over", n
        ),
        Kind.TICKET_CREATED: lambda: ngettext("%(n)s new ticket", "%(n)s new tickets", n),
        Kind.TICKET_CLOSED: lambda: ngettext("%(n)s closing of a ticket", "%(n)s closings of tickets", n),
        Kind.TICKET_REOPENED: lambda: ngettext("%(n)s re-opened ticket", "%(n)s re-opened tickets", n),
        Kind.SLA_MET: lambda: ngettext("%(n)s kept promise", "%(n)s kept promises", n),
        Kind.SLA_BREACHED: lambda: ngettext("%(n)s broken promise", "%(n)s broken promises", n),
    }
    said |= {
        standing.OPEN: lambda: ngettext("%(n)s open conversation", "%(n)s open conversations", n),
        standing.WAITING: lambda: ngettext(
            "%(n)s conversation that waits for us", "%(n)s conversations that wait for us", n
        ),
        standing.TICKETS: lambda: ngettext("%(n)s ticket", "%(n)s tickets", n),
        standing.FAILED: lambda: ngettext(
            "%(n)s message that did not arrive", "%(n)s messages that did not arrive", n
        ),
        standing.LEFT: lambda: ngettext("%(n)s session ended there", "%(n)s sessions ended there", n),
        standing.THEN: lambda: ngettext("%(n)s conversation stood open", "%(n)s conversations stood open", n),
    }
    return said[kind]() % {"n": spell.number(n)}


def meaning_of(kind: str) -> str:
    from analytics.reports import catalogue

    said = {
        Kind.CREATED: catalogue.CREATED,
        Kind.CLOSED: catalogue.CLOSED,
        Kind.FIRST_RESPONSE: catalogue.FIRST,
        Kind.FIRST_BY_OWNER: catalogue.FIRST_OWN,
        Kind.RESPONSE: catalogue.EVERY,
        Kind.WAIT: catalogue.WAITED,
        Kind.SETTLED: catalogue.TO_CLOSE,
        Kind.RATED: catalogue.VOTES,
        Kind.ASKED: catalogue.VOTES,
        Kind.SLA_MET: catalogue.KEPT,
        Kind.SLA_BREACHED: catalogue.KEPT,
    }
    if kind in standing.NOW:
        return str(_("As they stand in this moment; the period changes nothing about it."))
    if kind == standing.FAILED:
        return str(
            _(
                "Messages written in this period that did not leave or came back. What the other side's server keeps silent about is not known."
            )
        )
    if kind == standing.LEFT:
        return str(
            _(
                "Sessions in which the visitor answered something and then no more at this step, at the moment they ended. Filters other than days change nothing about it."
            )
        )
    if kind == standing.THEN:
        return str(_("All that began or were opened again up to the end of this day, less what was closed."))
    return str(said.get(Kind(kind), _("Each is counted at the moment that it happened.")))


def where_and_when(what: Behind, choices: Choices) -> str:
    """ "Nora Benali, Tuesday 14:00"."""
    said = []
    if what.by == standing.STAGE:
        said += Stage.objects.filter(pk=what.value).values_list("name", flat=True)
    elif what.by == standing.STEP:
        flow, step = standing.step_of(what.value)
        said += [choices.name("chatflow", str(flow)), name_of_step(flow, step)]
    elif what.by == "version":
        said.append(names_of([what.value], what.by)[what.value])
    elif what.by:
        said.append(choices.name(what.by, what.value))
    if isinstance(what.at, tuple):
        said.append(f"{spell.weekday(what.at[0])} {spell.hour(what.at[1])}")
    elif what.at is not None:
        said.append(spell.moment(what.at, what.grain))
    return ", ".join(said)
