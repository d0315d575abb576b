"""The list of contacts: searched as somebody types, filtered, sorted, with the columns they chose; and views of it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import lists, saved
from contacts.columns import cell, chosen, columns_of
from contacts.filters import LONGEST, Filter, filters_for, own_of_contacts
from contacts.models import Contact, ContactView, Sort
from contacts.people import SORTS, Asked, Page, page_of
from workspaces.access import allowed
from workspaces.models import Member, Team
from workspaces.permissions import Permission

COLUMNS_KEY = "contact_columns"


@require_safe
@allowed(Permission.WORK)
def people(request):
    """Everybody, or those of a view (?view=3), or of filters; htmx replaces the rows while somebody types."""
    views = saved.views_for(request.member)
    view = _view(request, views)
    own = own_of_contacts()
    filters = filters_for(request.member, own)
    asked = asked_of(request.GET, filters, view)
    columns = chosen(columns_of(own), _columns(request, view))
    page = page_of(asked, request.member, filters)
    context = {
        "asked": asked,
        "view": view,
        "columns": columns,
        "rows": [_row(contact, columns) for contact in page.rows],
        "page": page,
        "next_url": _next(request, asked, page, view),
        "here": reverse("contacts:list", args=[request.workspace.slug]),
        "job_url": reverse("contacts:bulk", args=[request.workspace.slug]),
        "may_export": request.member.may(Permission.EXPORT),
        "may_import": request.member.may(Permission.IMPORT_CONTACTS),
        "may_delete": request.member.may(Permission.ERASE_CONTACTS),
    }
    if request.htmx and not request.htmx.history_restore_request:
        context["workspace"] = request.workspace
        return render(request, "contacts/_people.html", context)
    context |= _around(request, asked, filters, own, columns, views, view)
    return render(request, "contacts/people.html", context)


def asked_of(data, filters: list[Filter], view: ContactView | None) -> Asked:
    """What an address asks for; where it is silent, the view does."""
    kept = view.filters if view else {}
    values = {
        one.key: str(data.get(one.key, kept.get(one.key, "")))[:LONGEST].strip("\x00 ") for one in filters
    }
    sort = data.get("sort") or (view.sort if view else "")
    return Asked(
        q=data.get("q", "")[:LONGEST].strip("\x00"),
        filters={key: value for key, value in values.items() if value},
        sort=sort if sort in SORTS else SORTS[0],
        after=data.get("after", "")[:400],
    )


def _view(request, views: list[ContactView]) -> ContactView | None:
    """A view that the member sees; another's is not there."""
    key = request.GET.get("view", "")
    if not key:
        return None
    for one in views:
        if str(one.pk) == key:
            return one
    raise Http404


def _columns(request, view: ContactView | None) -> list[str]:
    """Chosen just now, else the view's, else those chosen last in this browser."""
    told = request.GET.getlist("col")
    if told:
        if view is None:
            request.session[COLUMNS_KEY] = told[:20]
        return told
    return (view.columns if view else None) or request.session.get(COLUMNS_KEY, [])


def _row(contact: Contact, columns: list) -> dict:
    return {"contact": contact, "cells": [cell(column, contact) for column in columns]}


def _query(request, asked: Asked, view: ContactView | None, **more: str) -> str:
    told = {"q": asked.q, "sort": asked.sort if asked.sort != SORTS[0] else "", **asked.filters, **more}
    pairs = [(key, value) for key, value in told.items() if value]
    if view:
        pairs.append(("view", str(view.pk)))
    return urlencode(pairs + [("col", key) for key in request.GET.getlist("col")])


def _next(request, asked: Asked, page: Page, view: ContactView | None) -> str:
    if not page.after:
        return ""
    here = reverse("contacts:list", args=[request.workspace.slug])
    return f"{here}?{_query(request, asked, view, after=page.after)}"


def _around(request, asked, filters, own, columns, views, view) -> dict:
    """The form of filters, the menu of columns, the views; and what the bar of verbs may choose from."""
    on = {one.key for one in columns}
    return {
        "filters": [{"filter": one, "value": asked.filters.get(one.key, "")} for one in filters],
        "all_columns": [{"key": one.key, "label": one.label, "on": one.key in on} for one in columns_of(own)],
        "views": views,
        "may_change": view is not None and saved.may_change(view, request.member),
        "sorts": [("seen", _("Last seen")), ("name", _("Name")), ("new", _("Newest first"))],
        "teams": Team.objects.filter(members=request.member).order_by("name"),
        "members": Member.objects.active().filter(workspace=request.workspace).by_name(),
        "own": [one for one in own if one.sort != Sort.FILE],
        "hand_lists": lists.static_lists(),
    }


@require_POST
@allowed(Permission.WORK)
def save_view(request):
    """Keep what the list asks for now; `view` names the one that is changed."""
    member = request.member
    own = own_of_contacts()
    asked = asked_of(request.POST, filters_for(member, own), None)
    view = next(
        (one for one in saved.views_for(member) if str(one.pk) == request.POST.get("change", "")), None
    )
    if view and not saved.may_change(view, member):
        raise Http404
    team = request.POST.get("team", "")
    try:
        view = saved.save_view(
            name=request.POST.get("name", ""),
            filters=asked.filters,
            columns=request.POST.getlist("col")[:20],
            sort=asked.sort,
            by=member,
            sharing=request.POST.get("sharing", ""),
            team=Team.objects.filter(members=member, pk=team if team.isdecimal() else 0).first(),
            view=view,
        )
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("contacts:list", request.workspace.slug)
    return redirect(f"{reverse('contacts:list', args=[request.workspace.slug])}?view={view.pk}")


@require_http_methods(["POST"])
@allowed(Permission.WORK)
def drop_view(request, view_pk):
    view = next((one for one in saved.views_for(request.member) if one.pk == view_pk), None)
    if view is None or not saved.may_change(view, request.member):
        raise Http404
    view.delete()
    return redirect("contacts:list", request.workspace.slug)
