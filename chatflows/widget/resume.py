"""A link in the mail that opens a chat in another browser, on a page of ours: signed, for a week, for one use.

Opening its address changes nothing, for programs look at the links of every mail: a person presses the button. To an
address that was only claimed it shows what was written to it since its owner left, and no word of theirs (T064, TR-6).
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Min, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from chatflows.models import ResumeLink
from chatflows.widget import limits
from chatflows.widget.config import appearance_of, choose_language, texts_of
from chatflows.widget.door import turn_away
from contacts.models import ContactAddress, Visitor
from conversations.models import Conversation
from conversations.queries.prose import moment
from events.models import Event
from events.record import record
from events.types import RESUME_REVOKED
from inboxes.models import Channel
from workspaces import signed_links
from workspaces.access import visitor
from workspaces.models import Member, Workspace, hash_token
from workspaces.scope import workspace_scope

GOOD_FOR = timedelta(days=7)
SALT = "parley.resume"
MOST_WRITTEN = 500
BESIDE = 3
BY_ADDRESS = limits.Rate("resume-ip", 30, limits.MINUTE, 15)


@dataclass(frozen=True)
class Resumed:
    """A browser that came by a link: as whom it reads and writes, in which conversation, and what of it it may see."""

    link: ResumeLink
    visitor: Visitor
    conversation: str

    def shows(self, message: dict) -> bool:
        if not self.link.is_claimed:
            return True
        return message["from"] != "me" or message.get("client_id") in self.link.written


# ── In the letter ──


def link_for(event: Event, conversation: Conversation, address: str, after: int) -> str:
    """The address that a letter carries, the same at every try; "" for a chat that nobody may come back to. In the scope."""
    if conversation.visitor is None or conversation.visitor.blocked_at:
        return ""
    known = ContactAddress.objects.filter(contact=conversation.contact_id, kind="email", value=address)
    is_claimed = conversation.contact_id is None or not known.exists()
    earlier = ResumeLink.objects.filter(conversation=conversation, address=address).exclude(event=event.pk)
    first = earlier.aggregate(least=Min("after"))["least"]
    link, is_new = ResumeLink.objects.get_or_create(
        event=event.pk,
        defaults={
            "conversation": conversation,
            "address": address[:254],
            "after": (after if first is None else min(first, after)) if is_claimed else 0,
            "is_claimed": is_claimed,
            "expires_at": timezone.now() + GOOD_FOR,
        },
    )
    if is_new:  # one way back at a time
        earlier.filter(used_at=None, revoked_at=None).update(revoked_at=timezone.now())
    return signed_links.address_of(SALT, link, "widget:resume")


# ── For the team ──


def open_links(conversation: Conversation):
    """Those that still open it, or by which a browser stays in it; newest first."""
    now = timezone.now()
    waits, stays = Q(used_at=None, expires_at__gt=now), Q(used_at__gt=now - GOOD_FOR)
    rows = ResumeLink.objects.filter(waits | stays, conversation=conversation, revoked_at=None)
    return rows.order_by("-created_at", "-pk")


def beside(conversation: Conversation, member: Member) -> dict | None:
    """For the sidebar: to whom a way back was mailed, and the button that closes it."""
    links = list(open_links(conversation)[:BESIDE]) if conversation.visitor_id else []
    if not links:
        return None
    facts = [
        {
            "label": _("Link opened") if link.used_at else _("Link sent"),
            "value": f"{link.address} · {moment(link.used_at or link.created_at)}",
            "url": "",
        }
        for link in links
    ]
    url = reverse("chatflows:ways_back", args=[member.workspace.slug, conversation.pk])
    verb = {"url": url, "label": _("Close this way")}
    return {"key": "ways-back", "label": _("Way back by mail"), "facts": facts, "verb": verb}


@transaction.atomic
def revoke_all(conversation: Conversation, *, by: Member | None) -> int:
    """No link of this conversation opens it any more, and no browser that came by one stays. Twice records once."""
    gone = open_links(conversation).update(revoked_at=timezone.now())
    if gone:
        record(RESUME_REVOKED, conversation, by=by, n=gone)
    return gone


# ── Opened ──


@visitor
@csrf_protect
@never_cache
@require_http_methods(["GET", "POST"])
def resume(request, signed):
    try:
        limits.take(BY_ADDRESS, limits.block_of(request.META.get("REMOTE_ADDR", "")))
    except limits.Limited as no:
        return turn_away(no)
    named = signed_links.read(SALT, signed)
    house = Workspace.objects.filter(pk=named[0], suspended_at=None).first() if named else None
    if named is None or house is None:
        return _page(request, None, used=True)
    with workspace_scope(house):
        link = _open_link(named[1], locked=request.method == "POST")
        channel = link.conversation.channel if link else None
        if link is None or channel is None or request.method == "GET":
            return _page(request, channel, used=link is None)
        return _use(request, link, channel)


def _open_link(pk: int, *, locked: bool) -> ResumeLink | None:
    rows = ResumeLink.objects.select_related(
        "conversation__channel__inbox", "conversation__channel__workspace"
    )
    if locked:
        rows = rows.select_for_update(of=("self",))
    link = rows.filter(pk=pk, used_at=None, revoked_at=None, expires_at__gt=timezone.now()).first()
    return link if link and _stands(link.conversation) else None


def _stands(conversation: Conversation) -> bool:
    here = conversation.trashed_at is None and conversation.spam_at is None
    return here and conversation.visitor_id is not None and conversation.channel.disconnected_at is None


def _use(request, link: ResumeLink, channel: Channel) -> HttpResponse:
    token = secrets.token_urlsafe(32)
    link.used_at, link.session_hash = timezone.now(), hash_token(token)
    link.save(update_fields=["used_at", "session_hash"])
    page = reverse("widget:plain", args=[channel.identifier])
    language = choose_language(channel, link.conversation.language)
    response = HttpResponseRedirect(f"{page}?lang={language}#end", status=303)
    response.set_cookie(
        cookie_of(channel),
        token,
        max_age=GOOD_FOR,
        path=page,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _page(request, channel: Channel | None, *, used: bool) -> HttpResponse:
    asked = request.headers.get("Accept-Language", "")[:35]
    language = choose_language(channel, asked) if channel else translation.get_language_from_request(request)
    with translation.override(language):
        context = {
            "used": used,
            "name": texts_of(channel, language)["name"] if channel else "",
            "appearance": appearance_of(channel) if channel else {"theme": "auto"},
        }
        return signed_links.show(request, "widget/resume.html", context, 410 if used else 200)


# ── The browser that came by one ──


def cookie_of(channel: Channel) -> str:
    return f"parley_chat_{channel.pk}_back"


def session_of(channel: Channel, token: str) -> Resumed | None:
    """Whose chat this browser came back to; None when it did not, or may no longer."""
    if not token or len(token) > 100:
        return None
    since = timezone.now() - GOOD_FOR
    rows = ResumeLink.objects.select_related("conversation__channel", "conversation__visitor")
    rows = rows.select_related("conversation__detail", "conversation__visitor__contact")
    link = rows.filter(
        session_hash=hash_token(token), revoked_at=None, used_at__gt=since, conversation__channel=channel
    ).first()
    if link is None or not _stands(link.conversation):
        return None
    who = link.conversation.visitor
    if who.revoked_at or who.blocked_at:
        return None
    return Resumed(link, who, str(link.conversation.detail.public_id))


@transaction.atomic
def wrote(resumed: Resumed, client_id: str) -> None:
    """What somebody writes by their link they see by it."""
    link = ResumeLink.objects.select_for_update(of=("self",)).get(pk=resumed.link.pk)
    if client_id not in link.written:
        link.written = [*link.written, client_id][-MOST_WRITTEN:]
        link.save(update_fields=["written"])
