"""The list of contacts: searched as somebody types, filtered, sorted, with the columns they chose; and views of it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import lists, saved
from contacts.columns import cell
from contacts.filters import of_contacts
from contacts.listing import LISTINGS, Page, asked_of, listing_of
from contacts.models import About, Contact, ContactView, Sort
from contacts.people import page_of
from workspaces.access import allowed
from workspaces.models import Member, Team
from workspaces.numbers import whole
from workspaces.permissions import Permission


@require_safe
@allowed(Permission.WORK)
def people(request):
    """Everybody, or those of a view (?view=3), or of filters; htmx replaces the rows while somebody types."""
    asks = Page.read(request, LISTINGS[About.CONTACT.value])
    page = page_of(asks.asked, request.member, asks.questions)
    context = asks.context(request, page.after) | {
        "rows": [_row(contact, asks.columns) for contact in page.rows],
        "page": page,
        "job_url": reverse("contacts:bulk", args=[request.workspace.slug]),
        "may_export": request.member.may(Permission.EXPORT),
        "may_import": request.member.may(Permission.IMPORT_CONTACTS),
        "may_delete": request.member.may(Permission.ERASE_CONTACTS),
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "contacts/_people.html", context)
    context |= asks.around(request) | _verbs(request, asks)
    return render(request, "contacts/people.html", context)


def _row(contact: Contact, columns: list) -> dict:
    return {"contact": contact, "cells": [cell(column, contact) for column in columns]}


def _verbs(request, asks: Page) -> dict:
    """What the bar of verbs may choose from."""
    return {
        "members": Member.objects.active().filter(workspace=request.workspace).by_name(),
        "own": [one for one in of_contacts(asks.own) if one.sort != Sort.FILE],
        "hand_lists": lists.static_lists(),
    }


@require_POST
@allowed(Permission.WORK)
def save_view(request):
    """Keep what the list asks for now, of contacts or (`about`) of companies; `change` names the one that is changed."""
    member, listing = request.member, listing_of(request.POST.get("about"))
    questions = listing.questions(member, listing.own())
    asked = asked_of(request.POST, questions, None, listing.sorts)
    view = next((one for one in _views(member) if str(one.pk) == request.POST.get("change", "")), None)
    if view and not (saved.may_change(view, member) and view.about == listing.about):
        raise Http404
    team = request.POST.get("team", "")
    try:
        view = saved.save_view(
            name=request.POST.get("name", ""),
            filters=asked.filters,
            columns=request.POST.getlist("col")[:20],
            sort=asked.sort,
            by=member,
            about=listing.about,
            sharing=request.POST.get("sharing", ""),
            team=Team.objects.filter(members=member, pk=whole(team)).first(),
            view=view,
        )
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect(listing.page, request.workspace.slug)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse(listing.page, args=[request.workspace.slug])}?view={view.pk}")


@require_http_methods(["POST"])
@allowed(Permission.WORK)
def drop_view(request, view_pk):
    view = next((one for one in _views(request.member) if one.pk == view_pk), None)
    if view is None or not saved.may_change(view, request.member):
        raise Http404
    view.delete()
    messages.success(request, _("Removed."))
    return redirect(listing_of(view.about).page, request.workspace.slug)


def _views(member: Member) -> list[ContactView]:
    return [one for about in LISTINGS for one in saved.views_for(member, about)]
