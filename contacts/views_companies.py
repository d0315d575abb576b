"""Companies: their list, the page of one with its people, changing, merging and deleting one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import companies as verbs
from contacts.columns import cell
from contacts.company_changes import changes_of
from contacts.company_list import page_of
from contacts.company_merge import merge_companies, part_companies, undoable
from contacts.custom import ValuesForm, set_values
from contacts.forms import CompanyForm
from contacts.listing import LISTINGS, Page
from contacts.merge import TooLate
from contacts.models import About, Company, CompanyMerge, Sort
from contacts.sight import visible_to
from workspaces.access import allowed
from workspaces.permissions import Permission

PAGE = 50


@require_safe
@allowed(Permission.WORK)
def companies(request):
    """All of them, those of a view (?view=3), or of words and filters; htmx replaces the rows while somebody types."""
    asks = Page.read(request, LISTINGS[About.COMPANY.value])
    rows, after = page_of(asks.asked, request.member, asks.questions)
    own = [one for one in asks.own if one.sort != Sort.FILE]
    may_export = request.member.may(Permission.EXPORT)
    context = asks.context(request, after) | {
        "rows": [{"company": one, "cells": [cell(column, one) for column in asks.columns]} for one in rows],
        "own": own,
        "job_url": reverse("contacts:bulk", args=[request.workspace.slug]),
        "may_export": may_export,
        "may_tick": bool(own or may_export),
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "contacts/_companies.html", context)
    return render(request, "contacts/companies.html", context | asks.around(request))


@require_http_methods(["GET", "POST"])
@allowed(Permission.WORK)
def new_company(request):
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@allowed(Permission.WORK)
def company(request, company_pk):
    """GET: one company, its newest people, and what may be the same. POST: change it."""
    return _edit(request, get_object_or_404(Company, pk=company_pk))


def _edit(request, one: Company | None):
    """Name, domain and the workspace's own properties at once: all of it, or nothing with the reason at its field."""
    data, initial = None, {"name": one.name, "domain": one.domain} if one else {}
    if request.method == "POST":
        data = request.POST
    form = CompanyForm(data, initial=initial)
    own = ValuesForm(
        data,
        request.FILES or None,
        about=About.COMPANY.value,
        values=one.custom if one else {},
        everything=True,
    )
    if data is not None and all([form.is_valid(), own.is_valid()]):
        saved = verbs.save_company(one, **form.cleaned_data)
        set_values(saved, own.values())
        messages.success(request, _("Saved"))
        return redirect("contacts:company", request.workspace.slug, saved.pk)
    context = {"company": one, "form": form, "own": own} | (_around(request, one) if one else {})
    return render(request, "contacts/company.html", context, status=422 if data is not None else 200)


def _around(request, one: Company) -> dict:
    """Its newest people, what may be the same, what was changed."""
    people = visible_to(request.member).filter(company=one, deleted_at=None)
    changes, earlier = changes_of(one, request.GET.get("before", ""))
    return {
        "people": people.order_by("-last_seen_at", "-pk")[:PAGE],
        "n": people.count(),
        "all_url": f"{reverse('contacts:list', args=[request.workspace.slug])}?company=%23{one.pk}",
        "doubles": verbs.doubles(one),
        "merges": undoable(one),
        "changes": changes,
        "earlier": earlier,
    }


@require_POST
@allowed(Permission.WORK)
def join(request, company_pk):
    """Whoever has an address of its domain, and no company, joins."""
    one = get_object_or_404(Company, pk=company_pk)
    n = verbs.join_by_domain(one, by=request.member)
    said = ngettext("%(n)s contact joined", "%(n)s contacts joined", n) % {"n": n}
    messages.success(request, said if n else _("Nobody without a company has an address there."))
    return redirect("contacts:company", request.workspace.slug, one.pk)


@require_POST
@allowed(Permission.MANAGE_INBOXES)
def merge(request, company_pk):
    """The one named in `other` goes into this one."""
    one = get_object_or_404(Company, pk=company_pk)
    other = request.POST.get("other", "")
    gone = get_object_or_404(Company, pk=other if other.isdecimal() and len(other) < 19 else 0)
    try:
        merge_companies(one, gone, by=request.member)
        messages.success(request, _("They are one company now. For thirty days they can be parted again."))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("contacts:company", request.workspace.slug, one.pk)


@require_POST
@allowed(Permission.MANAGE_INBOXES)
def part(request, company_pk, merge_pk):
    """Undo a merge into this one."""
    record = get_object_or_404(CompanyMerge, kept=company_pk, pk=merge_pk)
    try:
        again = part_companies(record)
        messages.success(request, _("%(name)s is a company of its own again.") % {"name": again.name})
    except TooLate:
        messages.error(request, _("This merge cannot be undone any more."))
    return redirect("contacts:company", request.workspace.slug, company_pk)


@require_POST
@allowed(Permission.MANAGE_INBOXES)
def drop(request, company_pk):
    verbs.delete_company(get_object_or_404(Company, pk=company_pk))
    messages.success(request, _("The company is deleted; its people stayed."))
    return redirect("contacts:companies", request.workspace.slug)
