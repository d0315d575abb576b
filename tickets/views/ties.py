"""What hangs on a ticket: related ones, merging and splitting, and the way back from both."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conversations.models import Conversation
from tickets import actions
from tickets.models import Ticket, TicketMerge
from tickets.portal import passes
from tickets.queries.facts import by_number
from tickets.views.common import NOT_DONE, done, load_to_work, refused
from workspaces.access import allowed
from workspaces.permissions import Permission


@require_POST
@allowed(Permission.WORK)
def relate(request, ticket_number):
    """Another ticket by its number; with `on=0` no longer."""
    ticket = load_to_work(request, ticket_number)
    try:
        other = by_number(request.POST.get("other", ""), request.member)
        actions.relate(ticket, other, by=request.member, on=request.POST.get("on") != "0")
    except NOT_DONE as why:
        return refused(request, ticket, why)
    return done(request, ticket)


@require_POST
@allowed(Permission.WORK)
def share(request, ticket_number):
    """A link for its contact to its status page; with `on=0` no link opens it any more."""
    ticket = load_to_work(request, ticket_number)
    if request.POST.get("on") == "0":
        passes.revoke(ticket)
        return done(request, ticket, say=_("No link opens this ticket any more."))
    try:
        passes.share(ticket, by=request.member)
    except NOT_DONE as why:
        return refused(request, ticket, why)
    return done(request, ticket, say=_("Here is the link for the customer."))


@require_POST
@allowed(Permission.MANAGE_TICKETS)
def merge(request, ticket_number):
    """Another ticket, by its number, becomes part of this one."""
    ticket = load_to_work(request, ticket_number)
    try:
        other = by_number(request.POST.get("other", ""), request.member)
        other = get_object_or_404(Ticket.objects.worked_by(request.member), pk=other.pk)
        merged = actions.merge(ticket, other, by=request.member)
    except NOT_DONE as why:
        return refused(request, ticket, why)
    say = _("#%(other)s is part of #%(number)s now.") % {"other": other.number, "number": ticket.number}
    return done(request, ticket, say=say, undo=_part(request, ticket, merged))


@require_POST
@allowed(Permission.MANAGE_TICKETS)
def split(request, ticket_number):
    """Some of its conversations become a ticket of their own."""
    ticket = load_to_work(request, ticket_number)
    ids = [int(one) for one in request.POST.getlist("conversation") if one.isdecimal() and len(one) < 18]
    rows = Conversation.objects.worked_by(request.member).filter(ticket_tie__ticket=ticket, pk__in=ids)
    try:
        parted = actions.split(ticket, list(rows), by=request.member, name=request.POST.get("name", ""))
    except NOT_DONE as why:
        return refused(request, ticket, why)
    say = _("Split: #%(number)s is new.") % {"number": parted.other.number}
    return done(request, ticket, say=say, undo=_part(request, ticket, parted))


@require_POST
@allowed(Permission.MANAGE_TICKETS)
def part(request, ticket_number, merge_pk):
    """Undo a merge or a split."""
    ticket = load_to_work(request, ticket_number)
    merged = get_object_or_404(TicketMerge, pk=merge_pk, kept=ticket)
    try:
        actions.undo(merged, by=request.member)
    except NOT_DONE as why:
        return refused(request, ticket, why)
    return done(request, ticket, say=_("Taken back."))


def _part(request, ticket: Ticket, merged: TicketMerge) -> tuple[str, dict]:
    return reverse("tickets:part", args=[request.workspace.slug, ticket.number, merged.pk]), {}
