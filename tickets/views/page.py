"""The page of one ticket: what it is, what happened, what hangs on it; and its properties one at a time."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.custom import ValuesForm
from contacts.models import About
from tickets import actions
from tickets.models import Ticket
from tickets.queries.facts import BY_KEY, as_field, as_line
from tickets.queries.history import history_of
from tickets.queries.page import page_of
from tickets.signals import ticket_read
from tickets.views.common import NOT_DONE, done, in_words, load, load_to_work
from workspaces.access import allowed, member_only
from workspaces.models import Member
from workspaces.permissions import Permission


@require_safe
@member_only
def show(request, ticket_number):
    ticket = load(request, ticket_number)
    if ticket.merged_into_id:
        kept = Ticket.objects.visible_to(request.member).filter(pk=ticket.merged_into_id).first()
        if kept:
            return redirect("tickets:show", request.workspace.slug, kept.number)
    ticket_read.send(sender=Ticket, ticket=ticket, by=request.member)
    template = "tickets/_ticket.html" if request.htmx else "tickets/show.html"
    return render(request, template, page_of(ticket, request.member))


@require_safe
@member_only
def older(request, ticket_number):
    """What happened before a moment."""
    ticket = load(request, ticket_number)
    history, edge = history_of(ticket, request.member, request.GET.get("before", ""))
    return render(request, "tickets/_history.html", {"ticket": ticket, "history": history, "older": edge})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Permission.WORK)
def fact(request, ticket_number, name):
    """GET: one property, or with ?edit its field. POST: write it; refused, what was typed stays beside the reason."""
    ticket = load_to_work(request, ticket_number)
    one = BY_KEY.get(name)
    if one is None:
        raise Http404
    if request.method != "POST":
        if "edit" in request.GET:
            return _field(request, ticket, one)
        return _line(request, ticket, one)
    typed = request.POST.get("value", "")
    try:
        value = one.read(typed, request.POST.getlist("value"), ticket, request.member)
        _write(ticket, name, value, by=request.member)
    except NOT_DONE as why:
        return _field(request, ticket, one, typed=typed, error=in_words(why))
    if not request.htmx:
        return redirect("tickets:show", request.workspace.slug, ticket_number)
    return _line(request, load(request, ticket_number), one)


def _write(ticket: Ticket, key: str, value, *, by) -> None:
    if key == "teams":
        actions.set_teams(ticket, value, by=by)
    elif key == "parent":
        actions.set_parent(ticket, value, by=by)
    else:
        actions.edit(ticket, by=by, **{key: value})


def _line(request, ticket: Ticket, one):
    context = {"ticket": ticket, "fact": as_line(ticket, one, request.member), "works": True}
    return render(request, "tickets/_fact.html", context)


def _field(request, ticket: Ticket, one, **refused):
    context = {"ticket": ticket, "fact": as_field(ticket, one, request.member) | refused}
    # htmx throws answers of errors away; the field says itself what is wrong.
    status = 422 if refused and not request.htmx else 200
    return render(request, "tickets/_fact_form.html", context, status=status)


@require_POST
@allowed(Permission.WORK)
def custom(request, ticket_number):
    """The workspace's own properties, all of them or none."""
    ticket = load_to_work(request, ticket_number)
    form = ValuesForm(request.POST, request.FILES, about=About.TICKET, values=ticket.custom)
    if form.is_valid() and _kept(form, ticket, request.member):
        if not request.htmx:
            return done(request, ticket)
        form = ValuesForm(about=About.TICKET, values=load(request, ticket_number).custom)
    context = {"ticket": ticket, "custom": form, "works": True, "open": True}
    return render(request, "tickets/_custom.html", context)


def _kept(form: ValuesForm, ticket: Ticket, member: Member) -> bool:
    try:
        actions.edit(ticket, by=member, custom=form.values())
    except NOT_DONE as why:
        form.add_error(None, in_words(why))
        return False
    return True
