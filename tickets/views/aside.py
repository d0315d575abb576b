"""The ticket beside a conversation: make one, change it, give the conversation another (TK-2, TK-4)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from conversations.models import Conversation
from tickets import actions
from tickets.forms import NewTicketForm
from tickets.models import Priority, Ticket
from tickets.queries.cards import cards_of
from tickets.queries.facts import by_number
from tickets.views.common import NOT_DONE, in_words, load
from workspaces.access import allowed, member_only
from workspaces.permissions import Permission

BESIDE = 5  # other tickets of the same person


@require_http_methods(["GET", "HEAD", "POST"])
@member_only
def aside(request, pk):
    """GET: the section, with ?new the form that makes one. POST: make it."""
    conversation = get_object_or_404(Conversation.objects.visible_to(request.member), pk=pk)
    if request.method == "POST":
        return _create(request, conversation)
    return _section(
        request, conversation, form=_form(request, conversation) if "new" in request.GET else None
    )


@require_POST
@allowed(Permission.MANAGE_TICKETS)
def other(request, pk):
    """Another ticket by its number in place of the one it has; with `on=0` none (TK-2)."""
    conversation = get_object_or_404(Conversation.objects.worked_by(request.member), pk=pk)
    try:
        if request.POST.get("on") == "0":
            actions.unlink(conversation, by=request.member)
        else:
            ticket = by_number(request.POST.get("number", ""), request.member)
            ticket = get_object_or_404(Ticket.objects.worked_by(request.member), pk=ticket.pk)
            actions.replace(conversation, ticket, by=request.member)
    except NOT_DONE as why:
        return _section(request, conversation, error=in_words(why), typed=request.POST.get("number", ""))
    return _section(request, conversation)


def _form(request, conversation: Conversation, typed=None) -> NewTicketForm:
    first = {"name": actions.name_for(conversation), "owner": conversation.assignee_id}
    return NewTicketForm(typed, member=request.member, conversation=conversation, initial=first)


def _create(request, conversation: Conversation) -> HttpResponse:
    conversation = get_object_or_404(Conversation.objects.worked_by(request.member), pk=conversation.pk)
    form = _form(request, conversation, request.POST)
    if form.is_valid():
        try:
            actions.create_from(conversation, by=request.member, **form.cleaned_data)
        except NOT_DONE as why:
            return _section(request, conversation, form=form, error=in_words(why))
        return _section(request, conversation)
    return _section(request, conversation, form=form)


def _section(request, conversation: Conversation, **more) -> HttpResponse:
    """The part as it stands; without a script, the conversation's page shows it."""
    if not request.htmx and request.method == "POST":
        return redirect("conversations:open", request.workspace.slug, conversation.pk)
    tie = actions.ticket_of(conversation)
    visible = Ticket.objects.visible_to(request.member)
    ticket = tie and visible.filter(pk=tie.pk, deleted_at=None).exists() and load(request, tie.number)
    context = {
        "conversation": conversation,
        "ticket": ticket or None,
        "deleted": tie if tie and tie.deleted_at and visible.filter(pk=tie.pk).exists() else None,
        "hidden": bool(tie and not ticket and not tie.deleted_at),
        "card": cards_of([ticket], request.workspace.slug)[0] if ticket else None,
        "stages": list(ticket.pipeline.stages.order_by("position", "pk")) if ticket else [],
        "priorities": Priority.choices,
        "beside": _beside(conversation, ticket, visible),
        "works": Conversation.objects.worked_by(request.member).filter(pk=conversation.pk).exists(),
        "manages": request.member.may(Permission.MANAGE_TICKETS),
    }
    return render(request, "tickets/_aside.html", context | more)


def _beside(conversation: Conversation, ticket: Ticket | None, visible) -> list[Ticket]:
    """Other tickets of the same person, newest first."""
    if not conversation.contact_id:
        return []
    rows = visible.present().filter(contact=conversation.contact_id).exclude(pk=ticket.pk if ticket else 0)
    return list(rows.select_related("stage").order_by("-created_at")[:BESIDE])
