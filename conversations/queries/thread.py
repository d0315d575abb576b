"""One conversation as it is read: the line with its messages, comments and events, and who stands beside it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.models import Attachment, Comment, Conversation, Delivery, Draft, Message
from conversations.queries import mail_events
from conversations.queries.letters import letter_view, senders_with_pictures
from conversations.queries.lists import person
from events import types
from events.models import Event
from workspaces.models import Member, Team, hue_of, initials_of

RECENT = 200
TRY_AGAIN = (Delivery.FAILED, Delivery.UNKNOWN)
JOIN_WITHIN = timedelta(minutes=3)
SHOWN = (
    types.CONVERSATION_ASSIGNED,
    types.CONVERSATION_CLOSED,
    types.CONVERSATION_REOPENED,
    types.CONVERSATION_SNOOZED,
    types.CONVERSATION_MOVED,
    *mail_events.SHOWN,
)


@dataclass
class Thread:
    items: list[dict]
    earlier: int  # the sequence before which there is more, 0 when there is not


def thread_of(conversation: Conversation, member: Member, *, before: int = 0) -> Thread:
    """The last 200 messages (or those before a sequence), with comments and events of the same time."""
    messages = conversation.messages.prefetch_related("attachments").select_related("member")
    if before:
        messages = messages.filter(seq__lt=before)
    found = list(messages.order_by("-seq")[: RECENT + 1])
    more, found = len(found) > RECENT, found[:RECENT][::-1]
    since = found[0].created_at if more else None
    until = None
    if before:
        until = conversation.messages.filter(seq=before).values_list("created_at", flat=True).first()
    allowed = senders_with_pictures(found)
    comments = _between(conversation.comments.select_related("author"), since, until)
    events = _between(Event.objects.filter(conversation_id=conversation.pk, type__in=SHOWN), since, until)
    items = [
        *(
            {"type": "message", "m": message_view(row, member.workspace.slug, allowed), "at": row.created_at}
            for row in found
        ),
        *({"type": "comment", "comment": comment_view(row), "at": row.created_at} for row in comments),
        *event_views(list(events.select_related("actor"))),
    ]
    items.sort(key=lambda item: item["at"])
    return Thread(_with_days(_folded(_joined(items))), found[0].seq if more else 0)


def _between(rows, since: datetime | None, until: datetime | None):
    if since:
        rows = rows.filter(created_at__gte=since)
    if until:
        rows = rows.filter(created_at__lt=until)
    return rows.order_by("created_at", "pk")


def message_view(message: Message, slug: str, allowed: set[str] | None = None) -> dict:
    """A message as every reader of the team sees it; `slug` is its workspace's, `allowed` as in letter_view."""
    extra = message.extra or {}
    mail = letter_view(message, slug, allowed)
    within = mail["hidden_files"] if mail else set()
    name = message.author_name or _("Visitor")
    return {
        "pk": message.pk,
        "seq": message.seq,
        "client_id": str(message.client_id),
        "kind": message.kind,
        "author_kind": "bot" if message.kind == "welcome" else message.author_kind,
        "author_name": name,
        "initials": initials_of(name),
        "hue": hue_of(name),
        "direction": message.direction,
        "channel_kind": message.channel_kind,
        "body": message.body,
        "quoted": extra.get("quoted", "")
        or ((extra.get("mail") or {}).get("whole", "") if not message.html else ""),
        "subject": message.subject,
        "to": extra.get("to", ""),
        "answers": extra.get("answers", []),
        "choices": extra.get("choices", []),
        "attachments": [
            file_view(file, slug) for file in message.attachments.all() if str(file.storage_key) not in within
        ],
        "mail": mail,
        "delivery": message.delivery,
        "error": message.delivery_error,
        "again_url": _again_url(message, slug) if message.delivery in TRY_AGAIN else "",
        "created_at": message.created_at,
        "lang": extra.get("lang", ""),
    }


def file_view(file: Attachment, slug: str) -> dict:
    return {
        "name": file.name,
        "size": file.size,
        "url": reverse("conversations:file", args=[slug, file.storage_key]),
        "thumb_url": reverse("conversations:thumb", args=[slug, file.storage_key]) if file.thumb_key else "",
    }


def _again_url(message: Message, slug: str) -> str:
    return reverse("conversations:again", args=[slug, message.conversation_id, message.pk])


def comment_view(comment: Comment) -> dict:
    return {
        "pk": comment.pk,
        "client_id": str(comment.client_id),
        "author_name": comment.author_name,
        "initials": initials_of(comment.author_name),
        "hue": hue_of(comment.author_name),
        "body": comment.body,
        "mentions": (),
        "attachments": [],
        "created_at": comment.created_at,
    }


def event_views(events: list[Event]) -> list[dict]:
    """Events as one line of prose each. Names are looked up once for all of them."""
    members, teams = _people_in(events)
    views = []
    for event in events:
        text = _prose(event, members, teams)
        if text:
            view = {"pk": event.pk, "text": text, "created_at": event.created_at}
            views.append({"type": "event", "e": view, "at": event.created_at})
    return views


def _people_in(events: list[Event]) -> tuple[dict[int, str], dict[int, str]]:
    given = [event.payload for event in events if event.type == types.CONVERSATION_ASSIGNED]
    members = {payload.get(key) for payload in given for key in ("assignee", "previous")} - {None}
    teams = {payload.get("team") for payload in given} - {None}
    workspace_id = events[0].workspace_id if events else None
    names = Member.objects.filter(pk__in=members, workspace_id=workspace_id) if members else []
    return (
        {row.pk: row.display_name for row in names},
        {row.pk: row.name for row in Team.objects.filter(pk__in=teams)} if teams else {},
    )


def _prose(event: Event, members: dict[int, str], teams: dict[int, str]) -> str:
    actor = event.actor.display_name if event.actor else ""
    if event.type == types.CONVERSATION_ASSIGNED:
        return _assignment_prose(event, actor, members, teams)
    if event.type == types.CONVERSATION_CLOSED:
        return _("%(name)s closed this.") % {"name": actor} if actor else _("Closed.")
    if event.type == types.CONVERSATION_REOPENED:
        if event.payload.get("reason") == "answer":
            return _("A new message opened this again.")
        return _("%(name)s opened this again.") % {"name": actor} if actor else _("Open again.")
    return mail_events.mail_prose(event) if event.type in mail_events.SHOWN else ""


def _assignment_prose(event: Event, actor: str, members: dict[int, str], teams: dict[int, str]) -> str:
    to = members.get(event.payload.get("assignee")) or teams.get(event.payload.get("team"))
    if to is None:
        return _("%(name)s gave this to nobody.") % {"name": actor or _("The system")}
    if event.actor_id and event.actor_id == event.payload.get("assignee"):
        return _("%(name)s took this.") % {"name": actor}
    if actor:
        return _("%(name)s gave this to %(to)s.") % {"name": actor, "to": to}
    return _("This was given to %(to)s.") % {"to": to}


def _joined(items: list[dict]) -> list[dict]:
    """The same sender within three minutes shares a head (DESIGN 4)."""
    for before, item in pairwise(items):
        last, entry = (one.get("m") or one.get("comment") or {} for one in (before, item))
        same = all(entry.get(key) == last.get(key) for key in ("author_name", "author_kind", "channel_kind"))
        close = item["at"] - before["at"] < JOIN_WITHIN
        if entry and item["type"] == before["type"] and same and close and not entry.get("subject"):
            entry["joins"] = True
    return items


def _folded(items: list[dict]) -> list[dict]:
    """More than two events in a row fold into one line."""
    result: list[dict] = []
    run: list[dict] = []
    for item in [*items, {"type": "end", "at": None}]:
        if item["type"] == "event":
            run.append(item)
            continue
        if len(run) > 2:
            result.append({"type": "events", "events": [e["e"] for e in run], "at": run[0]["at"]})
        else:
            result += run
        run = []
        result.append(item)
    return result[:-1]


def _with_days(items: list[dict]) -> list[dict]:
    result, day = [], None
    for item in items:
        date = timezone.localdate(item["at"])
        if date != day:
            result.append({"type": "day", "day": date, "at": item["at"]})
            day = date
        result.append(item)
    return result


def header_of(conversation: Conversation) -> dict:
    """What the head of a thread shows, the same for every reader."""
    return {
        "pk": conversation.pk,
        "subject": conversation.subject,
        "contact_name": conversation.contact_name or _("Visitor"),
        "org": conversation.contact_org,
        "status": conversation.status,
        "channel_kind": conversation.channel_kind,
        "assignee": person(conversation.assignee),
        "team": {"pk": conversation.team.pk, "name": conversation.team.name} if conversation.team else None,
        "waiting_since": conversation.waiting_since,
        "lang": conversation.language,
        "last_inbound_seq": conversation.last_inbound_seq,
        "last_seq": conversation.last_seq,
    }


def drafts_of(conversation: Conversation, member: Member) -> dict[str, str]:
    return dict(Draft.objects.filter(conversation=conversation, member=member).values_list("mode", "body"))


def assignables(conversation: Conversation) -> dict[str, list[dict]]:
    """Who may be given this conversation: people who work in its inbox, and every team."""
    inbox = conversation.inbox
    people = Member.objects.active().filter(workspace=conversation.workspace_id).by_name()
    if not inbox.open_to_everyone:
        direct = Q(pk__in=inbox.access.exclude(member=None).values("member"))
        people = people.filter(
            direct | Q(teams__in=inbox.access.exclude(team=None).values("team"))
        ).distinct()
    return {
        "members": [person(row) for row in people],
        "teams": [{"pk": team.pk, "name": team.name} for team in Team.objects.order_by("name")],
    }
