"""Making a ticket by hand: on a page of its own, or beside a conversation (TK-1, TK-4)."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contacts.sight import visible_to
from tickets import actions
from tickets.forms import NewTicketForm
from tickets.models import Pipeline, Stage
from tickets.pipelines import first_stage
from tickets.queries.facts import BY_KEY
from tickets.views.common import NOT_DONE, in_words
from workspaces.access import allowed
from workspaces.numbers import whole
from workspaces.permissions import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Permission.WORK)
def new(request):
    """By hand, from board or table."""
    stage = _wanted(request)
    typed = request.POST if request.method == "POST" else None
    form = NewTicketForm(
        typed,
        member=request.member,
        stage=stage,
        initial={"owner": request.member.pk, "contact": _whose(request)},
    )
    if typed is not None and form.is_valid():
        try:
            ticket = _make(form.cleaned_data, by=request.member)
        except NOT_DONE as why:
            form.add_error(None, in_words(why))
        else:
            address = reverse("tickets:show", args=[request.workspace.slug, ticket.number])
            return HttpResponse(headers={"HX-Redirect": address}) if request.htmx else redirect(address)
    return render(request, "tickets/new.html", {"form": form}, status=422 if form.errors else 200)


def _make(told: dict, *, by):
    contact = BY_KEY["contact"].read(told["contact"], [], None, by)
    return actions.create_ticket(
        name=told["name"],
        by=by,
        stage=told["stage"],
        priority=told["priority"],
        owner=told["owner"],
        contact=contact,
        description=told["description"],
    )


def _whose(request) -> str:
    """What the contact that a link named is found by: their address, else their name."""
    one = visible_to(request.member).filter(pk=whole(request.GET.get("contact"))).first()
    return (one.email or one.name) if one else ""


def _wanted(request) -> Stage | None:
    """The stage, or the first of the pipeline, that the link said."""
    number = request.GET.get("stage", "")
    if number.isdecimal() and len(number) < 18:
        return Stage.objects.filter(pk=number, pipeline__archived_at=None).first()
    number = request.GET.get("pipeline", "")
    if number.isdecimal() and len(number) < 18:
        pipeline = Pipeline.objects.in_use().filter(pk=number).first()
        return first_stage(pipeline, for_people=True) if pipeline else None
    return None
