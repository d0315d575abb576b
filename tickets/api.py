"""Tickets for programs: list, create, read (a key with the scope "work"). Rules bind whose key it is (TK-9)."""

from typing import Any

from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from contacts.sight import visible_to
from conversations.models import Conversation
from inboxes.models import Inbox
from tickets.actions import create_from, create_ticket
from tickets.models import MadeBy, Pipeline, Priority, Source, Stage, Ticket
from workspaces.models import Member
from workspaces.permissions import Permission
from workspaces.programs import PAGE, Wrong, answers_mistakes, body_of, one_of, row_of, text
from workspaces.tokens import with_token

TEXTS = {"name": 300, "description": 20_000, "category": 60}


@require_http_methods(["GET", "HEAD", "POST"])
@with_token(Permission.WORK)
@answers_mistakes
def tickets(request):
    """GET: newest first, 50 at a time (`before`: the number after which to go on). POST: create one."""
    if request.method == "POST":
        return _create(request)
    rows = _seen_by(request.token.member)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 10:
        rows = rows.filter(number__lt=int(before))
    found = list(rows.order_by("-number")[: PAGE + 1])
    more = found[PAGE - 1].number if len(found) > PAGE else None
    return JsonResponse({"tickets": [as_json(one) for one in found[:PAGE]], "before": more})


@require_safe
@with_token(Permission.WORK)
@answers_mistakes
def ticket(request, ticket_number):
    found = get_object_or_404(_seen_by(request.token.member), number=ticket_number)
    return JsonResponse(as_json(found))


def _seen_by(member: Member):
    rows = Ticket.objects.present().visible_to(member)
    return rows.select_related("pipeline", "stage", "owner").prefetch_related("ties")


def _create(request) -> JsonResponse:
    member = request.token.member
    fields = _read(request, member)
    conversation = fields.pop("conversation", None)
    make = create_ticket if conversation is None else create_from
    about = {} if conversation is None else {"conversation": conversation}
    made = make(by=member, made_by=MadeBy.API, **about, **fields)
    return JsonResponse(as_json(_seen_by(member).filter(pk=made.pk).first() or made), status=201)


def _read(request, member: Member) -> dict[str, Any]:
    said = body_of(request)
    fields: dict[str, Any] = {}
    for name, most in TEXTS.items():
        if value := text(name, said.get(name, ""), most):
            fields[name] = value
    fields["priority"] = one_of("priority", said.get("priority", Priority.MEDIUM), Priority.values)
    if "conversation" in said:
        rows = Conversation.objects.worked_by(member)
        fields["conversation"] = row_of("conversation", said["conversation"], rows)
    else:
        if not fields.get("name", "").strip():
            raise Wrong("name")
        fields["source"] = one_of("source", said.get("source", Source.OTHER), Source.values)
        if "inbox" in said:
            fields["inbox"] = row_of("inbox", said["inbox"], Inbox.objects.worked_by(member))
    for name, rows in _others(member).items():
        if name in said:
            fields[name] = row_of(name, said[name], rows)
    return fields


def _others(member: Member) -> dict[str, Any]:
    """What else may be named, by the field: whom the person whose key it is may see."""
    return {
        "contact": visible_to(member),
        "owner": Member.objects.active().filter(workspace=member.workspace_id),
        "pipeline": Pipeline.objects.in_use(),
        "stage": Stage.objects.select_related("pipeline").filter(pipeline__archived_at=None),
    }


def as_json(one: Ticket) -> dict[str, Any]:
    return {
        "id": one.pk,
        "number": one.number,
        "name": one.name,
        "description": one.description,
        "pipeline": {"id": one.pipeline_id, "name": one.pipeline.name},
        "stage": {"id": one.stage_id, "name": one.stage.name, "closed": one.stage.is_closed},
        "priority": one.priority,
        "category": one.category,
        "source": one.source,
        "owner": {"id": one.owner_id, "name": one.owner.display_name} if one.owner else None,
        "contact": one.contact_id,
        "inbox": one.inbox_id,
        "conversations": [tie.conversation_id for tie in one.ties.all()],
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "closed_at": one.closed_at,
    }
