"""A person's own tickets, for a browser whose site said and signed who it is (TR-5). An address that was only typed shows nothing."""

from django.http import JsonResponse
from django.utils import translation

from chatflows.widget import limits
from chatflows.widget.config import choose_language
from chatflows.widget.door import Call, Turned, for_visitors, text
from tickets.models import Pipeline, TicketPass
from tickets.portal import passes
from tickets.portal.shown import stage_words

MOST = 20


def are_shown() -> bool:
    """Whether this workspace shows tickets to customers at all."""
    return Pipeline.objects.filter(shows_customers=True).exists()


@for_visitors
def requests(call: Call) -> JsonResponse:
    """POST, for each line gets a link of its own. Newest first; nothing for whom the site did not name."""
    if call.request.method != "POST":
        raise Turned(405, "method")
    limits.take(limits.READ_BY_VISITOR, call.visitor.pk)
    person = call.visitor.contact
    if call.visitor.identified_at is None or person is None or person.blocked_at:
        return JsonResponse({"requests": []})
    with translation.override(choose_language(call.channel, text(call.sent, "language", 35))):
        shared = [(ticket, passes.share_unasked(ticket)) for ticket in passes.theirs(person)[:MOST]]
        return JsonResponse({"requests": [_line(ticket, one) for ticket, one in shared if one]})


def _line(ticket, one: TicketPass) -> dict:
    return {
        "number": ticket.number,
        "name": ticket.name,
        "stage": str(stage_words(ticket.stage)),
        "at": ticket.updated_at.isoformat(),
        "url": passes.address_of(one),
    }
