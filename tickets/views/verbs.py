"""What members do to one ticket: each view loads through their rights and hands over to one action."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tickets import actions
from tickets.actions.places import between
from tickets.models import Priority, Stage, Ticket
from tickets.queries.people import owners_in
from tickets.views.common import NOT_DONE, done, load_to_work, refused
from workspaces.access import allowed
from workspaces.models import Member
from workspaces.permissions import Permission
from workspaces.refusals import NotHere


@require_safe
@allowed(Permission.WORK)
def menu(request, ticket_number):
    """What can be done to it, for touch and keys alike; `only` shows one part of it."""
    ticket = load_to_work(request, ticket_number)
    context = {
        "ticket": ticket,
        "only": request.GET.get("only", ""),
        "stages": list(ticket.pipeline.stages.order_by("position", "pk")),
        "people": owners_in(ticket.inbox, request.workspace.pk),
        "priorities": Priority.choices,
    }
    return render(request, "tickets/_menu.html", context)


@require_POST
@allowed(Permission.WORK)
def move(request, ticket_number):
    """Into a stage, and to a place in it: under `above`, over `below`; without them on top."""
    ticket = load_to_work(request, ticket_number)
    stage = Stage.objects.filter(pk=_id(request, "stage"), pipeline=ticket.pipeline).first()
    if stage is None:  # the board was drawn before it went, or the ticket left this pipeline
        return refused(request, ticket, ValidationError(_("This stage is not here any more.")))
    was = {"stage": ticket.stage_id, "undo": 1}
    place = between(stage, _id(request, "above"), _id(request, "below"))
    try:
        moved = actions.set_stage(
            ticket, stage, by=request.member, position=place, undo="undo" in request.POST
        )
    except NOT_DONE as why:
        return refused(request, ticket, why)
    if was["stage"] == stage.pk:
        return done(request, moved)
    told = {"number": ticket.number, "stage": stage.name}
    return done(
        request, moved, say=_("#%(number)s: %(stage)s.") % told, undo=_back(request, "move", moved, was)
    )


@require_POST
@allowed(Permission.WORK)
def owner(request, ticket_number):
    ticket = load_to_work(request, ticket_number)
    was = {"owner": ticket.owner_id or ""}
    wanted = _id(request, "owner")
    here = Member.objects.active().filter(workspace=request.workspace).select_related("user")
    to = here.filter(pk=wanted).first() if wanted else None
    try:
        if wanted and to is None:
            raise NotHere
        given = actions.set_owner(ticket, to, by=request.member)
    except NOT_DONE as why:
        return refused(request, ticket, why)
    told = {"number": ticket.number, "name": to.display_name if to else _("nobody")}
    say = _("#%(number)s: given to %(name)s.") % told
    return done(request, given, say=say, undo=_back(request, "owner", ticket, was))


@require_POST
@allowed(Permission.WORK)
def priority(request, ticket_number):
    ticket = load_to_work(request, ticket_number)
    was = {"priority": ticket.priority}
    wanted = request.POST.get("priority", "")
    if wanted not in Priority.values:
        return HttpResponse(_("Choose one of the list."), status=422)
    try:
        changed = actions.set_priority(ticket, wanted, by=request.member)
    except NOT_DONE as why:
        return refused(request, ticket, why)
    say = _("#%(number)s: %(stage)s.") % {"number": ticket.number, "stage": Priority(wanted).label}
    return done(request, changed, say=say, undo=_back(request, "priority", ticket, was))


@require_POST
@allowed(Permission.WORK)
def comment(request, ticket_number):
    """For colleagues alone."""
    ticket = load_to_work(request, ticket_number)
    body = request.POST.get("body", "").strip()
    if not body:
        return refused(request, ticket, ValidationError(_("Write something first.")))
    try:
        actions.comment(ticket, body, by=request.member)
    except NOT_DONE as why:
        return refused(request, ticket, why)
    return done(request, ticket)


@require_POST
@allowed(Permission.MANAGE_TICKETS)
def removal(request, ticket_number):
    """Take it away, or with `on=0` bring it back."""
    ticket = load_to_work(request, ticket_number)
    back = request.POST.get("on") == "0"
    try:
        (actions.restore if back else actions.delete)(ticket, by=request.member)
    except NOT_DONE as why:
        return refused(request, ticket, why)
    if back:
        return done(request, ticket, say=_("#%(number)s is back.") % {"number": ticket.number})
    say = _("#%(number)s is deleted.") % {"number": ticket.number}
    return done(
        request,
        ticket,
        say=say,
        undo=_back(request, "removal", ticket, {"on": 0}),
        goto="" if request.htmx else reverse("tickets:home", args=[request.workspace.slug]),
    )


def _back(request, verb: str, ticket: Ticket, fields: dict) -> tuple[str, dict]:
    return reverse(f"tickets:{verb}", args=[request.workspace.slug, ticket.number]), fields


def _id(request, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
