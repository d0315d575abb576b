"""The page of one contact: who they are, everything that happened, their company; and verbs about them alone."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import actions, beside, lists, timeline
from contacts.custom import ValuesForm, in_words, set_values
from contacts.custom_files import url_of
from contacts.filters import of_companies, of_contacts, own_of_contacts
from contacts.merge import undoable
from contacts.models import About, Contact, PropertyDefinition
from contacts.properties import PROPERTIES, as_line
from contacts.sight import visible_to
from workspaces.access import allowed
from workspaces.models import Member
from workspaces.permissions import Permission

HERE_NOW = 300  # seconds since the last page view for which somebody counts as on the site


def load(request, pk: int) -> Contact:
    """A contact whom the member may see; others are not there."""
    rows = visible_to(request.member).select_related("company", "owner__user")
    return get_object_or_404(rows, pk=pk)


@require_safe
@allowed(Permission.WORK)
def show(request, pk):
    contact = load(request, pk)
    context = (
        _card(contact, request.member) | _timeline(request, contact) | {"contact": contact, "edits": True}
    )
    context["sections"] = beside.sections_of(contact, request.member)
    context["figures"] = beside.figures_of(contact, request.member)
    context["merges"] = list(undoable(contact))
    context["here"] = _here(contact)
    context["lists"] = lists.of_contact(contact)
    on = {one.pk for one in context["lists"]}
    context["other_lists"] = [one for one in lists.static_lists() if one.pk not in on]
    context["may_erase"] = request.member.may(Permission.ERASE_CONTACTS)
    context["may_export"] = request.member.may(Permission.EXPORT)
    return render(request, "contacts/show.html", context)


def _card(contact: Contact, member: Member) -> dict:
    company, own = contact.company, own_of_contacts()
    colleagues = visible_to(member).filter(company=company, deleted_at=None)
    of_theirs = _facts(of_companies(own), company.custom) if company else []
    return {
        "properties": [as_line(contact, one) for one in PROPERTIES],
        "addresses": contact.addresses.order_by("pk"),
        "own": _facts(of_contacts(own), contact.custom),
        "company": company,
        "company_facts": [one for one in of_theirs if one["value"]],
        # As many as the member may see (AC-6).
        "people": colleagues.count() if company else 0,
    }


def _facts(own: list[PropertyDefinition], custom: dict[str, Any]) -> list[dict]:
    """Properties of the workspace's own, as lines."""
    return [
        {"label": one.label, "value": in_words(one, custom.get(one.key)), "url": url_of(custom.get(one.key))}
        for one in own
    ]


def _here(contact: Contact):
    """The browser that is on the customer's site right now."""
    seen = contact.visitors.filter(revoked_at=None).exclude(page_url="").order_by("-last_seen_at").first()
    fresh = seen and (timezone.now() - seen.last_seen_at).total_seconds() < HERE_NOW
    return seen if fresh else None


def _timeline(request, contact: Contact) -> dict:
    only = request.GET.get("only", "")
    tabs = timeline.sources()
    if only not in {one.key for one in tabs}:
        only = ""
    page = timeline.page_of(contact, request.member, only=only, before=request.GET.get("before", ""))
    here = reverse("contacts:timeline", args=[request.workspace.slug, contact.pk])
    return {
        "tabs": [one for one in tabs if not one.seldom],
        "seldom": [one for one in tabs if one.seldom],
        "elsewhere": next((one for one in tabs if one.seldom and one.key == only), None),
        "only": only,
        "items": page.items,
        "earlier_url": f"{here}?only={only}&before={quote(page.before)}" if page.before else "",
    }


@require_safe
@allowed(Permission.WORK)
def history(request, pk):
    """What came earlier, to be put below."""
    contact = load(request, pk)
    return render(request, "contacts/_timeline.html", _timeline(request, contact) | {"contact": contact})


@require_http_methods(["GET", "POST"])
@allowed(Permission.WORK)
def new(request):
    """Make a contact by hand; an address that somebody has leads to that person (SB-2)."""
    typed = {key: request.POST.get(key, "") for key in ("name", "email", "phone")}
    context: dict[str, Any] = {"typed": typed}
    if request.method == "POST":
        try:
            contact = actions.create_contact(**typed)
            return redirect("contacts:show", request.workspace.slug, contact.pk)
        except ValidationError as refused:
            context["error"] = " ".join(refused.messages)
        except actions.AddressTaken as taken:
            seen = visible_to(request.member).filter(pk=taken.contact.pk).exists()
            context |= {"taken": taken.contact} if seen else {"error": str(actions.ADDRESS_TAKEN)}
    return render(request, "contacts/new.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@allowed(Permission.WORK)
def own(request, pk):
    """The properties that the workspace made, all at once."""
    contact = load(request, pk)
    data = request.POST if request.method == "POST" else None
    form = ValuesForm(
        data, request.FILES or None, about=About.CONTACT, values=contact.custom, everything=True
    )
    if data is not None and form.is_valid():
        set_values(contact, form.values())
        return redirect("contacts:show", request.workspace.slug, contact.pk)
    context = {"contact": contact, "form": form}
    return render(request, "contacts/own.html", context, status=422 if data is not None else 200)


@require_safe
@allowed(Permission.WORK)
def twin(request, pk):
    """The dialog in which the same person is looked for."""
    return render(request, "contacts/_twin.html", {"contact": load(request, pk)})


@require_POST
@allowed(Permission.ERASE_CONTACTS)
def delete(request, pk):
    """Out of the lists, or back again."""
    contact = load(request, pk)
    is_gone = request.POST.get("deleted") == "1"
    actions.set_deleted(contact, is_gone)
    messages.success(
        request, _("Deleted. For 30 days they can be brought back.") if is_gone else _("Back again.")
    )
    return redirect("contacts:show", request.workspace.slug, contact.pk)
