"""One conversation as it is read: the line with its messages, comments and events, and who stands beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.due import due_of
from conversations.models import Attachment, Comment, Conversation, Delivery, Draft, DraftMode, Message
from conversations.queries.letters import letter_view, senders_with_pictures
from conversations.queries.lists import labels_of, person
from conversations.queries.prose import SHOWN, event_views
from conversations.queries.twins import also_in
from conversations.windows import with_faces
from events import types
from events.models import Event
from inboxes.kinds import get_kind
from workspaces.models import Member, Team, hue_of, initials_of
from workspaces.numbers import whole

RECENT = 200
# Into a list of its own: else Django makes a query set for each message, scope and all, which was two thirds of a long thread.
WITH_FILES = Prefetch("attachments", to_attr="files")
FILES = 60
TRY_AGAIN = (Delivery.FAILED, Delivery.UNKNOWN)
JOIN_WITHIN = timedelta(minutes=3)


@dataclass
class Thread:
    items: list[dict]
    earlier: str  # where what is before begins, "" when there is nothing before


def thread_of(
    conversation: Conversation,
    member: Member,
    *,
    before: str = "",
    unread_after: int | None = None,
    merged: list[int] | None = None,
    people: dict[int, str] | None = None,
    has_comments: bool = True,
) -> Thread:
    """The last 200 messages (or those before a place), with comments and events of the same time.

    What was merged into it is shown with it, by the time it was said. `unread_after`: up to which message the reader
    had read, for the line above what is new to them. `merged`, `people` (names of members by id) and whether it
    `has_comments` are what the caller knows already.
    """
    slug = member.workspace.slug
    if merged is None:
        merged = list(conversation.merged.values_list("pk", flat=True))
    ids = [conversation.pk, *merged]
    found, earlier, until = _page(conversation, ids, before)
    since = found[0].created_at if earlier else None
    noted = Comment.objects.filter(conversation__in=ids).select_related("author")
    comments = _between(noted, since, until) if has_comments else ()
    logged = Event.objects.filter(conversation_id__in=ids, type__in=SHOWN).select_related("actor")
    events = list(_between(logged, since, until))
    allowed, removers = senders_with_pictures(found), removers_in(events)
    also = also_in(found, member)
    items = [
        *(
            {
                "type": "message",
                "m": message_view(row, slug, allowed, removers, also.get(row.pk, ())),
                "at": row.created_at,
            }
            for row in found
        ),
        *(
            {"type": "comment", "comment": comment_view(row, slug, removers), "at": row.created_at}
            for row in comments
        ),
        *event_views(events, slug, people),
    ]
    items.sort(key=lambda item: item["at"])
    items = _with_rings(_folded(_joined(items)))
    if unread_after is not None:
        items = _with_unread(items, conversation.pk, unread_after)
    return Thread(_with_days(items), earlier)


def _page(
    conversation: Conversation, ids: list[int], before: str
) -> tuple[list[Message], str, datetime | None]:
    """The messages of one page, where the page before it begins, and the time at which this one ends.

    One conversation goes by its numbers, which have no gaps. Several that were merged share none, and go by time.
    """
    messages = Message.objects.prefetch_related(WITH_FILES).select_related("member")
    if len(ids) == 1:
        messages, until = messages.filter(conversation=conversation).order_by("-seq"), None
        if whole(before):
            until = conversation.messages.filter(seq=before).values_list("created_at", flat=True).first()
            messages = messages.filter(seq__lt=before)
    else:
        messages = messages.filter(conversation__in=ids).order_by("-created_at", "-pk")
        number = whole(before[1:]) if before.startswith("m") else 0
        last = Message.objects.filter(conversation__in=ids, pk=number)
        until = last.values_list("created_at", flat=True).first()
        if until:
            same_moment = Q(created_at=until, pk__lt=number)
            messages = messages.filter(Q(created_at__lt=until) | same_moment)
    found = list(messages[: RECENT + 1])
    more, found = len(found) > RECENT, found[:RECENT][::-1]
    first = found[0] if more else None
    with_faces(found)
    earlier = (str(first.seq) if len(ids) == 1 else f"m{first.pk}") if first else ""
    return found, earlier, until


def _between(rows, since: datetime | None, until: datetime | None):
    if since:
        rows = rows.filter(created_at__gte=since)
    if until:
        rows = rows.filter(created_at__lt=until)
    return rows.order_by("created_at", "pk")


def place_of(conversation: Conversation, message: Message | None) -> str:
    """The `before` of a page that shows this message with some after it; "" when the last page does."""
    if (
        message is None
        or message.conversation_id != conversation.pk
        or message.seq > conversation.last_seq - RECENT
    ):
        return ""
    return str(message.seq + RECENT // 2)


def removers_in(events: list[Event]) -> dict[tuple[str, int], str]:
    """Who took out which message or comment for good."""
    found = {}
    for event in events:
        if event.type == types.MESSAGE_REDACTED and not event.payload.get("file"):
            for kind in {"message", "comment"} & event.payload.keys():
                found[kind, event.payload[kind]] = (
                    event.actor.display_name if event.actor else _("its writer")
                )
    return found


def _removed(entry: Message | Comment, kind: str, removers: dict | None) -> str:
    """Who took out what this said, "" for something that still says it."""
    if not entry.redacted_at:
        return ""
    if removers is None or (kind, entry.pk) not in removers:
        rows = Event.objects.filter(
            conversation_id=entry.conversation_id,
            type=types.MESSAGE_REDACTED,
            **{f"payload__{kind}": entry.pk},
        )
        removers = removers_in(list(rows.select_related("actor")))
    return removers.get((kind, entry.pk)) or _("The system")


def message_view(
    message: Message,
    slug: str,
    allowed: set[str] | None = None,
    removers: dict | None = None,
    also: Iterable[int] = (),
) -> dict:
    """A message as every reader of the team sees it; `slug` is its workspace's, `allowed` and `also` as in letter_view."""
    extra = message.extra or {}
    told = extra.get("messenger") or {}
    mail = letter_view(message, slug, allowed, also)
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
        "picture": message.member.picture if message.member_id else getattr(message, "face", ""),
        "direction": message.direction,
        "channel_kind": message.channel_kind,
        "body": message.body,
        "quoted": extra.get("quoted", "")
        or ((extra.get("mail") or {}).get("whole", "") if not message.html else ""),
        "subject": message.subject,
        "to": extra.get("to", ""),
        "answers": extra.get("answers", []),
        "choices": extra.get("choices", []),
        "media": [one for one in told.get("media", []) if one.get("state") != "here"],
        "reactions": [one["sign"] for one in told.get("reactions", {}).values() if one.get("sign")],
        "attachments": [
            file_view(file, slug) for file in _files(message) if str(file.storage_key) not in within
        ],
        "mail": mail,
        "delivery": message.delivery,
        "error": message.delivery_error,
        "again_url": _again_url(message, slug) if message.delivery in TRY_AGAIN else "",
        "created_at": message.created_at,
        "edited": bool(told.get("edits")),
        "lang": extra.get("lang", ""),
        "removed": _removed(message, "message", removers),
        "ring": _ring(message.channel_kind),
        "conversation": message.conversation_id,
        "slug": slug,
        "verbs_url": f"{_page_of(slug)}{message.conversation_id}/messages/{message.pk}/verbs/"
        if slug
        else "",
    }


@lru_cache(maxsize=1000)
def _page_of(slug: str) -> str:
    """Where the addresses of conversations begin: asked once, since a long thread names two hundred."""
    return reverse("conversations:open", args=[slug, 0]).removesuffix("0/")


def _files(message: Message) -> Iterable[Attachment]:
    return message.files if hasattr(message, "files") else message.attachments.all()


def files_of(conversation: int, *, before: int = 0) -> tuple[list[Attachment], bool]:
    """A page of what was sent in it and in what was merged into it, newest first, and whether there is more."""
    here = Q(conversation=conversation) | Q(conversation__merged_into=conversation)
    rows = Attachment.objects.filter(message__in=Message.objects.filter(here).values("pk"))
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: FILES + 1])
    return found[:FILES], len(found) > FILES


def file_view(file: Attachment, slug: str) -> dict:
    return {
        "name": file.name,
        "size": file.size,
        "url": reverse("conversations:file", args=[slug, file.storage_key]),
        "thumb_url": reverse("conversations:thumb", args=[slug, file.storage_key]) if file.thumb_key else "",
        "redact_url": reverse("conversations:redact_file", args=[slug, file.storage_key]),
    }


def _again_url(message: Message, slug: str) -> str:
    return reverse("conversations:again", args=[slug, message.conversation_id, message.pk])


def comment_view(comment: Comment, slug: str = "", removers: dict | None = None) -> dict:
    return {
        "pk": comment.pk,
        "client_id": str(comment.client_id),
        "author_name": comment.author_name,
        "initials": initials_of(comment.author_name),
        "hue": hue_of(comment.author_name),
        "picture": comment.author.picture if comment.author_id else "",
        "body": comment.body,
        "mentions": comment.mentioned,
        "attachments": [],
        "created_at": comment.created_at,
        "removed": _removed(comment, "comment", removers),
        **(_ways_of(comment, slug) if slug else {"redact_url": ""}),
    }


def _ways_of(comment: Comment, slug: str) -> dict[str, str]:
    """What its menu leads to."""
    here = [slug, comment.conversation_id]
    return {
        "redact_url": reverse("conversations:redact_comment", args=[*here, comment.pk]),
        "unread_url": reverse("conversations:unread", args=here),
        "link_url": f"{reverse('conversations:open', args=here)}?comment={comment.pk}",
    }


def _joined(items: list[dict]) -> list[dict]:
    """The same sender within three minutes shares a head."""
    for before, item in pairwise(items):
        last, entry = (one.get("m") or one.get("comment") or {} for one in (before, item))
        same = all(entry.get(key) == last.get(key) for key in ("author_name", "author_kind", "channel_kind"))
        close = item["at"] - before["at"] < JOIN_WITHIN
        if entry and item["type"] == before["type"] and same and close and not entry.get("subject"):
            entry["joins"] = True
    return items


def _folded(items: list[dict]) -> list[dict]:
    """More than two events in a row fold into one line; what can be undone, and what they said of us, stays in sight."""
    result: list[dict] = []
    run: list[dict] = []
    for item in [*items, {"type": "end", "at": None}]:
        if item["type"] == "event" and not {"undo_url", "stays"} & item["e"].keys():
            run.append(item)
            continue
        if len(run) > 2:
            result.append({"type": "events", "events": [e["e"] for e in run], "at": run[0]["at"]})
        else:
            result += run
        run = []
        result.append(item)
    return result[:-1]


def _ring(kind: str) -> str:
    return _("The conversation goes on %(via)s.") % {"via": get_kind(kind).via}


def _with_rings(items: list[dict]) -> list[dict]:
    """A change of channel is a ring on the line with one sentence."""
    result, kind = [], None
    for item in items:
        said = item.get("m")
        if said and said["author_kind"] != "bot":
            if kind and said["channel_kind"] != kind:
                ring = {
                    "text": said["ring"],
                    "channel_kind": said["channel_kind"],
                    "pk": f"ring-{said['pk']}",
                }
                result.append({"type": "ring", "e": ring, "at": item["at"]})
            kind = said["channel_kind"]
        result.append(item)
    return result


def _with_unread(items: list[dict], conversation: int, after: int) -> list[dict]:
    """A line above the first message of theirs that is new to the reader, when there is something before it."""
    for at, item in enumerate(items):
        said = item.get("m")
        if (
            said
            and said["direction"] == "in"
            and said["conversation"] == conversation
            and said["seq"] > after
        ):
            return [*items[:at], {"type": "unread", "at": item["at"]}, *items[at:]] if at else items
    return items


def _with_days(items: list[dict]) -> list[dict]:
    result, day = [], None
    for item in items:
        date = timezone.localdate(item["at"])
        if date != day:
            result.append({"type": "day", "day": date, "at": item["at"]})
            day = date
        result.append(item)
    return result


def header_of(conversation: Conversation, labels: list[dict] | None = None) -> dict:
    """What the head of a thread shows, the same for every reader; `labels` when they are known already."""
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
        "snoozed_until": conversation.snoozed_until,
        "trashed": bool(conversation.trashed_at),
        "priority": conversation.priority,
        "due": due_of(conversation),
        "labels": labels_of([conversation.pk]).get(conversation.pk, []) if labels is None else labels,
    }


def drafts_of(conversation: Conversation, member: Member) -> tuple[dict[str, Draft], list[Draft]]:
    """What the member is writing, by its mode; and the replies that colleagues have begun (CR-6)."""
    rows = Draft.objects.filter(conversation=conversation).select_related("member").order_by("pk")
    mine = {row.mode: row for row in rows if row.member_id == member.pk}
    return mine, [row for row in rows if row.member_id != member.pk and row.mode == DraftMode.REPLY]


def assignables(conversation: Conversation, teams: list[dict] | None = None) -> dict[str, list[dict]]:
    """Who may be given this conversation: people who work in its inbox, and every team (`teams`, when they are known)."""
    inbox = conversation.inbox
    people = Member.objects.active().filter(workspace=conversation.workspace_id).by_name()
    if not inbox.open_to_everyone:
        direct = Q(pk__in=inbox.access.exclude(member=None).values("member"))
        people = people.filter(
            direct | Q(teams__in=inbox.access.exclude(team=None).values("team"))
        ).distinct()
    if teams is None:
        teams = list(Team.objects.order_by("name").values("pk", "name"))
    return {"members": [person(row) for row in people], "teams": teams}
