"""The contact beside the thread: redrawn, chosen, created, blocked."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.actions import AddressTaken, create_contact, set_blocked
from contacts.sight import visible_to
from conversations import actions
from conversations.models import Conversation
from conversations.queries.sidebar import past_of, sidebar_of
from conversations.views.pages import load, load_to_work, load_whole
from workspaces.access import member_only
from workspaces.numbers import whole


@require_safe
@member_only
def sidebar(request, pk):
    conversation = load_whole(request, pk)
    beside = sidebar_of(conversation, request.member, edits=conversation.is_worked)
    context = {"conversation": conversation, "sidebar": beside}
    return render(request, "conversations/_sidebar.html", context)


@require_safe
@member_only
def past(request, pk):
    """Earlier conversations of the same person, before ?before."""
    before = request.GET.get("before", "")
    found = past_of(load(request, pk), request.member, before=whole(before))
    return render(request, "conversations/_past.html", {"section": found})


@require_http_methods(["GET", "POST"])
@member_only
def contact(request, pk):
    """GET: the dialog. POST: `contact` chooses somebody; else a new one is made from what was typed (SB-2, SB-4)."""
    load_to_work(request, pk)
    conversation = load(request, pk)
    if request.method == "GET":
        return _dialog(request, conversation)
    chosen = request.POST.get("contact", "")
    if chosen:
        person = get_object_or_404(visible_to(request.member).select_related("company"), pk=whole(chosen))
    else:
        try:
            person = create_contact(
                name=request.POST.get("name", ""),
                email=request.POST.get("email", ""),
                phone=request.POST.get("phone", ""),
                language=conversation.language,
            )
        except ValidationError as refused:
            return _dialog(request, conversation, 422, error=" ".join(refused.messages))
        except AddressTaken as refused:
            told = _("This address is known already.")
            seen = visible_to(request.member).filter(pk=refused.contact.pk).first()
            return _dialog(request, conversation, 422, error=told, taken=seen)
    actions.set_contact(conversation, person, by=request.member)
    return _done(request, pk)


def _dialog(request, conversation: Conversation, status: int = 200, **context) -> HttpResponse:
    visitor = conversation.visitor
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("name", "email", "phone")}
    else:
        claimed = visitor if visitor and not conversation.contact_id else None
        typed = {"name": claimed.claimed_name, "email": claimed.claimed_email} if claimed else {}
    context |= {
        "conversation": conversation,
        "contact": conversation.contact if "merge" in request.GET or not conversation.contact_id else None,
        "merging": "merge" in request.GET,
        "visitor": visitor,
        "typed": typed,
    }
    return render(request, "conversations/_contact_dialog.html", context, status=status)


@require_POST
@member_only
def block(request, pk):
    """What this person writes from now on is spam, or is not any more (ST-5)."""
    load_to_work(request, pk)
    conversation = load(request, pk)
    for person in filter(None, (conversation.contact, conversation.visitor)):
        set_blocked(person, request.POST.get("blocked") == "1")
    return _done(request, pk)


def _done(request, pk: int) -> HttpResponse:
    return (
        HttpResponse(status=204)
        if request.htmx
        else redirect("conversations:open", request.workspace.slug, pk)
    )
