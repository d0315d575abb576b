"""What the command palette finds on the server: conversations and people within rights, settings pages.

What is on the page already (views, verbs, people to assign to) it finds there by itself, without asking.
"""

from typing import Any

from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from contacts.search import find_contacts
from conversations import macros
from conversations.models import Snippet
from inboxes.kinds import get_kind
from inboxes.models import Inbox
from search.language import parse
from search.queries import find
from workspaces.access import member_only
from workspaces.models import Member, hue_of, initials_of
from workspaces.permissions import Permission as P

MOST = 6
LONGEST = 200
MOST_SNIPPETS = 300
SETTINGS: list[tuple[Any, str, Any, str]] = [
    (gettext_lazy("Inboxes"), "inboxes:list", P.MANAGE_INBOXES, "inbox"),
    (gettext_lazy("Mail filters"), "inboxes:filters", P.MANAGE_FILTERS, "filter"),
    (gettext_lazy("Unreadable mail"), "channels:parked", P.MANAGE_INBOXES, "warn"),
    (gettext_lazy("Team"), "workspaces:team", P.MANAGE_WORKSPACE, "users"),
    (gettext_lazy("Contact card"), "contacts:card", P.MANAGE_WORKSPACE, "book"),
    (gettext_lazy("Availability"), "inboxes:people", P.MANAGE_AVAILABILITY, "clock"),
    (gettext_lazy("Notification defaults"), "notifications:defaults", P.MANAGE_WORKSPACE, "bell"),
    (gettext_lazy("Saved replies"), "conversations:snippets", P.WORK, "note"),
    (gettext_lazy("Macros"), "conversations:macros", P.WORK, "play"),
    (gettext_lazy("New letter"), "conversations:compose", P.WORK, "pen"),
    (gettext_lazy("Profile"), "workspaces:profile", "", "user"),
    (gettext_lazy("Keyboard"), "workspaces:shortcuts", "", "keyboard"),
    (gettext_lazy("Notifications"), "notifications:preferences", "", "bell"),
]


@require_safe
@member_only
def palette(request):
    """Without `q` the pages somebody may open and the texts they may use, asked for once; with it what is found for the words."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    groups = (
        found_for(text, request.member)
        if text
        else [pages_of(request.member), macros_of(request.member), snippets_of(request.member)]
    )
    return render(request, "_palette_found.html", {"groups": [group for group in groups if group["items"]]})


def pages_of(member: Member) -> dict:
    """The settings, and each inbox for those who manage them."""
    slug = member.workspace.slug
    items = []
    for label, view, permission, icon in SETTINGS:
        if permission and not member.may(permission):
            continue
        try:
            items.append({"label": label, "url": reverse(view, args=[slug]), "icon": icon})
        except NoReverseMatch:
            continue
    if member.may(str(P.MANAGE_INBOXES)):
        for pk, name in Inbox.objects.order_by("name").values_list("pk", "name")[:50]:
            url = reverse("inboxes:inbox", args=[slug, pk])
            items.append({"label": name, "note": _("Inbox"), "url": url, "icon": "inbox"})
    return {"key": "pages", "label": _("Go to"), "items": items}


def snippets_of(member: Member) -> dict:
    """Texts to put into an answer; the composer fills them for its conversation."""
    usable = Snippet.objects.usable_by(member) if member.may(str(P.WORK)) else Snippet.objects.none()
    items = []
    for pk, name, shortcut in usable.order_by("-uses", "name").values_list("pk", "name", "shortcut")[
        :MOST_SNIPPETS
    ]:
        url = reverse("conversations:snippets", args=[member.workspace.slug])
        items.append({"label": name, "note": shortcut, "url": url, "icon": "note", "snippet": pk})
    return {"key": "snippets", "label": _("Saved replies"), "items": items}


def macros_of(member: Member) -> dict:
    """What can be done in one go to the open conversation."""
    url = reverse("conversations:macros", args=[member.workspace.slug])
    offered = macros.offered_to(member) if member.may(str(P.WORK)) else []
    items = [
        {"label": row["name"], "note": row["short"], "url": url, "icon": "play", "macro": row["id"]}
        for row in offered
    ]
    return {"key": "macros", "label": _("Macros"), "items": items}


def found_for(text: str, member: Member) -> list[dict]:
    return [people(text, member), conversations(text, member)]


def people(text: str, member: Member) -> dict:
    """Contacts that somebody who works here may see; they lead to what was written with them."""
    may = member.may(str(P.WORK)) or member.reads_every_inbox()
    contacts = find_contacts(text, member, most=MOST) if may else []
    items = []
    for contact in contacts:
        name = contact.name or contact.email
        line = contact.company.name if contact.company else contact.email
        items.append(
            {
                "label": name,
                "note": line if line != name else "",
                "url": _address_of(contact, member.workspace.slug),
                "initials": initials_of(name),
                "hue": hue_of(name),
            }
        )
    return {"key": "people", "label": _("People"), "items": items}


def _address_of(contact, slug: str) -> str:
    try:
        return reverse("contacts:show", args=[slug, contact.pk])
    except NoReverseMatch:
        wanted = contact.email or f'"{contact.name}"'
        return reverse("search:results", args=[slug], query={"q": f"from:{wanted}"})


def conversations(text: str, member: Member) -> dict:
    found = find(parse(text, today=timezone.localdate()), member).matches[:MOST]
    items = [
        {
            "label": row.subject or row.contact_name or _("Visitor"),
            "note": row.contact_name if row.subject else row.preview,
            "url": reverse("conversations:open", args=[member.workspace.slug, row.pk]),
            "icon": get_kind(row.channel_kind).icon,
            "pk": row.pk,
        }
        for row in (match.conversation for match in found)
    ]
    return {"key": "conversations", "label": _("Conversations"), "items": items}
