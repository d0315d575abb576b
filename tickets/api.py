"""Tickets for programs: list, create, read (a key with the scope "work"). Rules bind whose key it is (TK-9)."""

import json
from typing import Any

from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from contacts.models import Contact
from conversations.models import Conversation
from inboxes.models import Inbox
from tickets.actions import create_from, create_ticket
from tickets.models import MadeBy, Pipeline, Priority, Source, Stage, Ticket
from workspaces.models import Member
from workspaces.permissions import Permission
from workspaces.refusals import Refused
from workspaces.tokens import with_token

PAGE = 50
LONGEST_BODY = 200_000
TEXTS = {"name": 300, "description": 20_000, "category": 60}


class Wrong(Exception):
    """What was sent cannot be understood; `field` is where."""

    def __init__(self, field: str):
        super().__init__(field)
        self.field = field


@require_http_methods(["GET", "HEAD", "POST"])
@with_token(Permission.WORK)
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
def ticket(request, ticket_number):
    found = get_object_or_404(_seen_by(request.token.member), number=ticket_number)
    return JsonResponse(as_json(found))


def _seen_by(member: Member):
    rows = Ticket.objects.present().visible_to(member)
    return rows.select_related("pipeline", "stage", "owner").prefetch_related("ties")


def _create(request) -> JsonResponse:
    member = request.token.member
    try:
        fields = _read(request, member)
        conversation = fields.pop("conversation", None)
        make = create_ticket if conversation is None else create_from
        about = {} if conversation is None else {"conversation": conversation}
        made = make(by=member, made_by=MadeBy.API, **about, **fields)
    except Wrong as wrong:
        return JsonResponse({"error": "invalid", "field": wrong.field}, status=422)
    except Refused as refused:
        return JsonResponse({"error": "refused", "reason": str(refused)}, status=409)
    return JsonResponse(as_json(_seen_by(member).filter(pk=made.pk).first() or made), status=201)


def _read(request, member: Member) -> dict[str, Any]:
    said = _body(request)
    fields: dict[str, Any] = {}
    for name, most in TEXTS.items():
        value = said.get(name, "")
        if not isinstance(value, str) or len(value) > most or "\0" in value:
            raise Wrong(name)
        if value:
            fields[name] = value
    fields["priority"] = _one_of("priority", said.get("priority", Priority.MEDIUM), Priority.values)
    if "conversation" in said:
        fields["conversation"] = _row("conversation", said, Conversation.objects.worked_by(member))
    else:
        if not fields.get("name", "").strip():
            raise Wrong("name")
        fields["source"] = _one_of("source", said.get("source", Source.OTHER), Source.values)
        if "inbox" in said:
            fields["inbox"] = _row("inbox", said, Inbox.objects.worked_by(member))
    if "contact" in said:
        fields["contact"] = _row("contact", said, Contact.objects.all())
    if "owner" in said:
        fields["owner"] = _row("owner", said, Member.objects.active().filter(workspace=member.workspace_id))
    if "pipeline" in said:
        fields["pipeline"] = _row("pipeline", said, Pipeline.objects.in_use())
    if "stage" in said:
        rows = Stage.objects.select_related("pipeline").filter(pipeline__archived_at=None)
        fields["stage"] = _row("stage", said, rows)
    return fields


def _body(request) -> dict:
    try:
        said = json.loads(request.body[: LONGEST_BODY + 1]) if len(request.body) <= LONGEST_BODY else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Wrong("body")
    return said


def _one_of(field: str, value: Any, known: list[str]) -> str:
    if value not in known:
        raise Wrong(field)
    return value


def _row(field: str, said: dict, rows) -> Any:
    value = said[field]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise Wrong(field)
    found = rows.filter(pk=value).first()
    if found is None:
        raise Wrong(field)
    return found


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
