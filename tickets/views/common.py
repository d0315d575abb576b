"""What the pages of tickets share: loading within rights, and how a verb answers."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from tickets.models import Pipeline, Ticket
from tickets.queries.cards import WITH
from workspaces.permissions import Permission
from workspaces.refusals import Refused

NOT_DONE = (Refused, ValidationError)


def load(request, number: int) -> Ticket:
    """A ticket that the member may read; 404 otherwise."""
    return get_object_or_404(Ticket.objects.visible_to(request.member).select_related(*WITH), number=number)


def load_to_work(request, number: int) -> Ticket:
    """A ticket that the member may change; 404 otherwise."""
    return get_object_or_404(Ticket.objects.worked_by(request.member).select_related(*WITH), number=number)


def done(
    request, ticket: Ticket, *, say: str = "", undo: tuple[str, dict] | None = None, goto: str = ""
) -> HttpResponse:
    """To a script what to say, what changed and the way back; without one, on to the ticket's page."""
    address = goto or reverse("tickets:show", args=[request.workspace.slug, ticket.number])
    if not request.htmx:
        if say:
            messages.success(request, say)
        return redirect(address)
    told: dict = {"say": say, "ids": [ticket.pk], "goto": goto}
    if undo:
        told["undo"] = {"url": undo[0], "fields": undo[1]}
    return JsonResponse(told)


def refused(request, ticket: Ticket | None, why: Exception) -> HttpResponse:
    """422 with a sentence; without a script the same sentence above the ticket."""
    if request.htmx:
        return HttpResponse(in_words(why), status=422, content_type="text/plain; charset=utf-8")
    messages.error(request, in_words(why))
    if ticket is None:
        return redirect("tickets:home", request.workspace.slug)
    return redirect("tickets:show", request.workspace.slug, ticket.number)


def in_words(why: Exception) -> str:
    return " ".join(why.messages) if isinstance(why, ValidationError) else str(why)


def numbers_in(text: str, most: int) -> list[int]:
    """Ids that a script sent, separated by commas."""
    return [int(one) for one in text.split(",") if one.isascii() and one.isdigit() and len(one) < 19][:most]


def pipeline_asked(number: str) -> Pipeline | None:
    """The one of an address, archived ones too: their tickets stay, and are looked for."""
    return Pipeline.objects.filter(pk=number).first() if number.isdecimal() and len(number) < 18 else None


def wants_deleted(request) -> bool:
    """Whoever may delete tickets finds them again for thirty days."""
    return request.GET.get("deleted") == "1" and request.member.may(Permission.MANAGE_TICKETS)


def chosen(number: str, among: Iterable):
    """The one of `among` with that id; None for "" or a stranger."""
    return next((one for one in among if str(one.pk) == number), None)
