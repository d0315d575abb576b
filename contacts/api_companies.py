"""Companies for programs: list, create, read, change (scope "work"); merge and delete (scope "manage_inboxes", as by hand)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST

from contacts import api_pages, api_values
from contacts.companies import check_domain, delete_company, save_company
from contacts.company_merge import merge_companies
from contacts.custom import definitions, set_values
from contacts.models import About, Company, PropertyDefinition
from workspaces.permissions import Permission
from workspaces.programs import Wrong, answers_mistakes, body_of, in_words, only, row_of, text, word_in
from workspaces.tokens import Refusal, with_token

FIELDS = ("name", "domain", "properties")


@require_http_methods(["GET", "HEAD", "POST"])
@with_token(Permission.WORK)
@answers_mistakes
def companies(request):
    """GET: 50 at a time, by domain or name, or since when they changed. POST: create one."""
    if request.method == "POST":
        return JsonResponse(_answer(_save(None, body_of(request))), status=201)
    rows, own = Company.objects.all(), definitions(About.COMPANY)
    if domain := word_in(request, "domain").lower():
        rows = rows.filter(domain=domain)
    if name := word_in(request, "name"):
        rows = rows.filter(name__iexact=name)
    found, more = api_pages.page_of(request, rows)
    return JsonResponse({"companies": [as_json(one, own) for one in found], **more})


@require_http_methods(["GET", "HEAD", "PATCH", "DELETE"])
@with_token(Permission.WORK)
@answers_mistakes
def company(request, company_pk):
    """GET: one. PATCH: change what is named. DELETE: its people stay."""
    one = get_object_or_404(Company, pk=company_pk)
    if request.method == "PATCH":
        one = _save(one, body_of(request))
    elif request.method == "DELETE":
        if not request.token.may(Permission.MANAGE_INBOXES):
            raise Refusal(403, "scope_missing")
        delete_company(one)
        return HttpResponse(status=204)
    return JsonResponse(_answer(one))


@require_POST
@with_token(Permission.MANAGE_INBOXES)
@answers_mistakes
def merging(request, company_pk):
    """`other` becomes part of this one, its people with it; on its page they can be parted again for thirty days."""
    one = get_object_or_404(Company, pk=company_pk)
    other = row_of("other", only(body_of(request), ("other",)).get("other"), Company.objects.all())
    try:
        merge_companies(one, other, by=request.token.member)
    except ValidationError as refused:
        raise Wrong("other", in_words(refused)) from None
    return JsonResponse(_answer(one))


def _save(one: Company | None, said: dict[str, Any]) -> Company:
    """All of it, or nothing."""
    only(said, FIELDS)
    words = {"name": one.name if one else "", "domain": one.domain if one else ""}
    words |= {name: text(name, said[name] or "", 253) for name in words if name in said}
    own = api_values.read(definitions(About.COMPANY), said["properties"]) if "properties" in said else {}
    try:
        check_domain(words["domain"])
    except ValidationError as refused:
        raise Wrong("domain", in_words(refused)) from None
    try:
        saved = save_company(one, how="api", **words)
    except ValidationError as refused:
        raise Wrong("name", in_words(refused)) from None
    if own:
        set_values(saved, own, how="api")
    return saved


def _answer(one: Company) -> dict[str, Any]:
    return as_json(Company.objects.get(pk=one.pk), definitions(About.COMPANY))


def as_json(one: Company, own: list[PropertyDefinition]) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "domain": one.domain,
        "properties": api_values.told(own, one.custom),
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }
