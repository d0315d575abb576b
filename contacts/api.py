"""Contacts for programs: list, create, read, change, merge (a key with the scope "work"), within what its person may see."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import actions, api_pages, api_values, phones
from contacts.custom import definitions, known, set_values
from contacts.merge import CannotMerge, merge
from contacts.models import (
    About,
    Company,
    Contact,
    ContactAddress,
    ContactList,
    ListMember,
    PropertyDefinition,
)
from contacts.properties import BY_KEY
from contacts.sight import visible_to
from workspaces.models import Member
from workspaces.permissions import Permission
from workspaces.programs import (
    Wrong,
    answers_mistakes,
    body_of,
    in_words,
    number_in,
    only,
    row_of,
    text,
    word_in,
)
from workspaces.refusals import Refused
from workspaces.tokens import Refusal, with_token

TEXTS = ("name", "email", "phone", "job_title", "language", "time_zone", "city")
FIRST = ("name", "email", "phone", "language")  # what somebody begins with
FIELDS = (*TEXTS, "company", "owner", "blocked", "deleted", "properties")
HOW = "api"


class Taken(Refused):
    """The address is another's; whose, is told to who may see them (SB-2)."""

    def __init__(self, contact: Contact, by: Member):
        seen = visible_to(by).filter(pk=contact.pk).exists()
        self.told = {"field": "email", "contact": contact.pk if seen else None}

    message = actions.ADDRESS_TAKEN


@require_http_methods(["GET", "HEAD", "POST"])
@with_token(Permission.WORK)
@answers_mistakes
def contacts(request):
    """GET: 50 at a time, by address, company, list, or since when they changed. POST: create one."""
    member = request.token.member
    if request.method == "POST":
        return JsonResponse(_answer(_create(request), member), status=201)
    rows, more = api_pages.page_of(request, _asked(request, seen_by(member)))
    own = definitions(About.CONTACT)
    return JsonResponse({"contacts": [as_json(one, own) for one in rows], **more})


@require_http_methods(["GET", "HEAD", "PATCH", "DELETE"])
@with_token(Permission.WORK)
@answers_mistakes
def contact(request, contact_pk):
    """GET: one. PATCH: change what is named. DELETE: out of the lists; for thirty days they can be brought back."""
    member = request.token.member
    one = get_object_or_404(seen_by(member), pk=contact_pk)
    if request.method == "PATCH":
        _change(one, only(body_of(request), FIELDS), request)
    elif request.method == "DELETE":
        _set_deleted(one, True, request)
    return JsonResponse(_answer(one, member))


@require_POST
@with_token(Permission.WORK)
@answers_mistakes
def addresses(request, contact_pk):
    """One more address of the same person."""
    member = request.token.member
    one = get_object_or_404(visible_to(member), pk=contact_pk)
    said = only(body_of(request), ("value",))
    value = text("value", said.get("value"), 320)
    try:
        if not (value := BY_KEY["email"].check(value)):
            raise Wrong("value")
        actions.add_address(one, kind="email", value=value, how=HOW)
    except ValidationError as refused:
        raise Wrong("value", in_words(refused)) from None
    except actions.AddressTaken as taken:
        raise Taken(taken.contact, member) from None
    return JsonResponse(_answer(one, member), status=201)


@require_http_methods(["DELETE"])
@with_token(Permission.WORK)
@answers_mistakes
def address(request, contact_pk, address_pk):
    """Forget an address; the one on the card gives way to the next."""
    member = request.token.member
    one = get_object_or_404(visible_to(member), pk=contact_pk)
    actions.drop_address(get_object_or_404(ContactAddress, contact=one, pk=address_pk))
    return JsonResponse(_answer(one, member))


@require_POST
@with_token(Permission.WORK)
@answers_mistakes
def merging(request, contact_pk):
    """`other` becomes part of this one; on its page they can be parted again for thirty days."""
    member = request.token.member
    one = get_object_or_404(visible_to(member), pk=contact_pk)
    other = row_of("other", only(body_of(request), ("other",)).get("other"), visible_to(member))
    try:
        merge(one, other, by=member)
    except CannotMerge:
        raise Wrong("other") from None
    return JsonResponse(_answer(one, member))


@require_safe
@with_token(Permission.WORK)
def properties(request):
    """The properties that the workspace made for contacts and companies."""
    own = known([About.CONTACT.value, About.COMPANY.value])
    return JsonResponse({"properties": [api_values.as_json(one) for one in own]})


def seen_by(member: Member):
    rows = visible_to(member).select_related("company", "owner__user")
    return rows.prefetch_related("addresses", "list_rows")


def _answer(one: Contact, member: Member) -> dict[str, Any]:
    """As they are now. Who has just left what the person may see is told once more."""
    now = seen_by(member).filter(pk=one.pk).first() or Contact.objects.get(pk=one.pk)
    return as_json(now, definitions(About.CONTACT))


# ── What is asked for ──


def _asked(request, rows):
    """Who is deleted is among them by their address, and among what changed."""
    typed = word_in(request, "address")
    if typed:
        rows = rows.filter(**_with_address(typed))
    elif not api_pages.asks_for_changes(request):
        rows = rows.filter(deleted_at=None)
    if company := number_in(request, "company"):
        rows = rows.filter(company=company)
    if number := number_in(request, "list"):
        one = row_of("list", number, ContactList.objects.all())
        rows = rows.filter(pk__in=ListMember.objects.filter(contact_list=one).values("contact"))
    return rows


def _with_address(typed: str) -> dict[str, Any]:
    """By one of their email addresses, or by their phone number however it is written."""
    if "@" in typed:
        held = ContactAddress.objects.filter(kind="email", value=typed.lower()[:320])
        return {"pk__in": held.values("contact")}
    _shown, key = phones.tidy(typed[:40], phones.default_country())
    if not key:
        raise Wrong("address")
    return {"phone_key": key}


# ── What is written ──


def _create(request) -> Contact:
    said = only(body_of(request), FIELDS)
    first = {name: text(name, said.get(name) or "", 320) for name in FIRST}
    try:
        one = actions.create_contact(**first)
    except ValidationError as refused:
        raise Wrong(_wrong_one(first), in_words(refused)) from None
    except actions.AddressTaken as taken:
        raise Taken(taken.contact, request.token.member) from None
    _change(one, {name: value for name, value in said.items() if name not in FIRST}, request)
    return one


def _wrong_one(typed: dict[str, str]) -> str:
    """The field that is refused; the name where all of them are empty."""
    for name, value in typed.items():
        try:
            BY_KEY[name].check(value)
        except ValidationError:
            return name
    return "name"


def _change(one: Contact, said: dict[str, Any], request) -> None:
    """All of it, or nothing."""
    member = request.token.member
    for name in TEXTS:
        if name in said:
            _set_text(one, name, text(name, said[name] if said[name] is not None else "", 320), member)
    if "company" in said:
        _set_company(one, said["company"])
    if "owner" in said:
        _set_owner(one, said["owner"], member)
    for name, write in (("blocked", _set_blocked), ("deleted", _set_deleted)):
        if name in said:
            if not isinstance(said[name], bool):
                raise Wrong(name)
            write(one, said[name], request)
    if "properties" in said:
        set_values(one, api_values.read(definitions(About.CONTACT), said["properties"]), how=HOW)


def _set_text(one: Contact, name: str, value: str, member: Member) -> None:
    try:
        actions.set_property(one, name, value, how=HOW)
    except ValidationError as refused:
        raise Wrong(name, in_words(refused)) from None
    except actions.AddressTaken as taken:
        raise Taken(taken.contact, member) from None


def _set_company(one: Contact, value: Any) -> None:
    """By its id, or by its name: then it is made where there is none. None: no company."""
    if isinstance(value, str):
        try:
            actions.set_property(one, "company", value, how=HOW)
        except ValidationError as refused:
            raise Wrong("company", in_words(refused)) from None
        return
    company = None if value is None else row_of("company", value, Company.objects.all())
    actions.set_company(one, company, how=HOW)


def _set_owner(one: Contact, value: Any, member: Member) -> None:
    active = Member.objects.active().filter(workspace=member.workspace_id)
    owner = None if value is None else row_of("owner", value, active)
    actions.set_property(one, "owner", str(owner.pk) if owner else "", how=HOW)


def _set_blocked(one: Contact, value: bool, request) -> None:
    actions.set_blocked(one, value)


def _set_deleted(one: Contact, value: bool, request) -> None:
    if not request.token.may(Permission.ERASE_CONTACTS):
        raise Refusal(403, "scope_missing")
    actions.set_deleted(one, value)


def as_json(one: Contact, own: list[PropertyDefinition]) -> dict[str, Any]:
    return {
        "id": one.pk,
        **{name: getattr(one, name) for name in TEXTS},
        "company": {"id": one.company_id, "name": one.company.name} if one.company else None,
        "owner": {"id": one.owner_id, "name": one.owner.display_name} if one.owner else None,
        "addresses": [
            {"id": row.pk, "kind": row.kind, "value": row.value, "proven": row.proven_at is not None}
            for row in sorted(one.addresses.all(), key=lambda row: row.pk)
        ],
        "lists": sorted(row.contact_list_id for row in one.list_rows.all()),
        "properties": api_values.told(own, one.custom),
        "blocked": one.blocked_at is not None,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "last_seen_at": one.last_seen_at,
        "deleted_at": one.deleted_at,
    }
