"""What is told of an event: chosen for each reader, drawn once per language and zone. Blocking code, run in threads."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Count, Sum
from django.utils import timezone, translation

from chatflows.widget.news import Ask, news_of
from conversations.fragments import comment_html, event_html, header_html, message_html, rows_html
from conversations.models import Comment, Conversation, CountDelta, Message, ReadMark
from conversations.queries.lists import labels_of, row_of
from conversations.queries.thread import WITH_FILES, comment_view, event_views, message_view
from conversations.queries.views import buckets, mine_of
from conversations.windows import with_faces, with_windows
from events import types
from events.models import Event
from realtime.readers import Reader
from realtime.ticket_frames import rows_beside, ticket_frames
from workspaces.models import Member
from workspaces.scope import workspace_scope

# Ids are given before commit, so a later one can be seen earlier: replay starts this much before the last known one,
# longer than a transaction may last (settings: statement 15 s). Hearing twice is harmless.
OVERLAP = timedelta(seconds=40)
MOST = 500  # events behind which a page is loaded anew
MOST_SHOWN = 200  # a thread opens with as many entries
EVERYTHING = 0  # for a reader of whom it is not known what they look at
MOVES_COUNTS = {
    types.CONVERSATION_STARTED,
    types.CONVERSATION_ASSIGNED,
    types.CONVERSATION_CLOSED,
    types.CONVERSATION_REOPENED,
    types.CONVERSATION_SNOOZED,
    types.CONVERSATION_MARKED_SPAM,
    types.CONVERSATION_TRASHED,
    types.CONVERSATION_MOVED,
    types.CONVERSATION_MERGED,
    types.CONVERSATION_PARTED,
    types.COMMENT_ADDED,  # somebody may be named in it
}


def now() -> str:
    return timezone.now().isoformat()


def head(workspace_id: int) -> int:
    with workspace_scope(workspace_id):
        return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def for_members(
    workspace_id: int, event_ids: list[int], readers: list[tuple[Reader, int | None]]
) -> dict[Reader, list[dict]]:
    """Frames of these events for each reader, in order, within what each may see now; with each reader comes the
    conversation that their tab shows: of that one they are told in full, of all others in short."""
    with workspace_scope(workspace_id):
        events = list(Event.objects.filter(pk__in=event_ids).select_related("actor").order_by("pk"))
        return _frames(events, dict(readers))


def of_conversation(reader: Reader, conversation_id: int, first: int) -> list[dict]:
    """In full what was told in short of one conversation, now that it is shown. Nobody is told of it as news."""
    with workspace_scope(reader.workspace_id):
        merged = Conversation.objects.filter(merged_into=conversation_id).values_list("pk", flat=True)
        events = Event.objects.filter(conversation_id__in=[conversation_id, *merged], pk__gte=first)
        events = events.select_related("actor")
        newest = list(events.order_by("-pk")[:MOST_SHOWN])[::-1]
        told = _frames(newest, {reader: conversation_id})[reader]
        return [frame | {"unread": False} for frame in told if frame["t"] == "event"]


def news(workspace_id: int, asks: list[Ask]) -> list:
    with workspace_scope(workspace_id):
        return news_of(asks)


def since(reader: Reader, after: int) -> dict:
    """Replay: {frames, head}, or {reload: true} for someone too far behind. The same frames as over the socket."""
    with workspace_scope(reader.workspace_id):
        newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        missed = _missed(after)
        if len(missed) > MOST:
            return {"frames": [], "head": newest, "reload": True}
        frames = _as_read(reader, missed, _frames(missed, {reader: EVERYTHING})[reader])
        if not any(frame["t"] == "counts" for frame in frames):
            frames += [{"t": "counts", "counts": counts} for counts in _counts([reader]).values()]
        return {"frames": frames, "head": newest}


def _as_read(reader: Reader, missed: list[Event], frames: list[dict]) -> list[dict]:
    """A replay goes a little further back than what was missed: what its reader has read since is not news again."""
    seqs = {event.pk: event.payload.get("seq", 0) for event in missed}
    news = {frame["conversation"] for frame in frames if frame.get("unread")}
    marks = ReadMark.objects.filter(member=reader.member_id, conversation__in=news)
    read = dict(marks.values_list("conversation", "seq")) if news else {}
    return [
        frame | {"unread": False}
        if frame.get("unread") and seqs[frame["id"]] <= read.get(frame["conversation"], 0)
        else frame
        for frame in frames
    ]


def _missed(after: int) -> list[Event]:
    known = Event.objects.filter(pk=after).values_list("created_at", flat=True).first()
    missed = Event.objects.select_related("actor").order_by("pk")
    if known is None:
        return list(missed.filter(pk__gt=after)[: MOST + 1])
    late = missed.filter(created_at__gt=known - OVERLAP, pk__lte=after)
    return [*late[:MOST], *missed.filter(pk__gt=after)[: MOST + 1]]


def _frames(events: list[Event], readers: dict[Reader, int | None]) -> dict[Reader, list[dict]]:
    beside = rows_beside(events)
    conversations = _conversations(events, beside)
    drawn: dict[tuple, Drawing] = {}
    told: dict[Reader, list[dict]] = {}
    labels = labels_of([conversation.pk for conversation in conversations.values()])
    shown: defaultdict[tuple, set] = defaultdict(set)
    for reader, shows in readers.items():
        shown[_style(reader)].add(shows)
    for reader, shows in readers.items():
        style = _style(reader)
        if style not in drawn:
            drawn[style] = Drawing(events, conversations, labels, style, shown[style])
        told[reader] = [
            drawn[style].frame(event, shows)
            for event in events
            if event.type == types.MEMBER_AVAILABILITY_CHANGED
            or _heard_by(reader, conversations.get(event.conversation_id))
        ]
        told[reader] += [
            drawn[style].beside(event, pk)
            for event in events
            for pk in beside.get(event.pk, [])
            if _heard_by(reader, conversations.get(pk))
        ]
    if any(event.type in MOVES_COUNTS for event in events):
        for reader, counts in _counts(list(readers)).items():
            told[reader].append({"t": "counts", "counts": counts})
    for reader, of_tickets in ticket_frames(events, readers).items():
        told[reader] += of_tickets
    return told


def _style(reader: Reader) -> tuple[str, str, str]:
    return reader.language, reader.zone, reader.slug


def _heard_by(reader: Reader, conversation: Conversation | None) -> bool:
    if conversation is None:
        return False
    place = {
        "inbox": conversation.inbox_id,
        "assignee": conversation.assignee_id,
        "team": conversation.team_id,
    }
    return reader.sees(place)


def _conversations(events: Iterable[Event], beside: dict[int, list[int]]) -> dict[int, Conversation]:
    """By the id that events name: where it is read now. What was merged is shown, and told, as part of the other."""
    ids = {event.conversation_id for event in events if event.conversation_id}
    ids.update(*beside.values())
    rows = Conversation.objects.select_related("assignee")
    found = rows.in_bulk(ids)
    merged = {row.merged_into_id for row in found.values()} - {None}
    kept = rows.in_bulk(merged) if merged else {}
    return {pk: kept.get(row.merged_into_id, row) for pk, row in found.items()}


class Drawing:
    """The frames of some events in one language and zone: in short for all, in full for conversations that are shown."""

    def __init__(self, events: list[Event], conversations: dict, labels: dict, style: tuple, shown: set):
        language, zone, self.slug = style
        self.conversations = conversations
        full = [event for event in events if EVERYTHING in shown or self.place_of(event) in shown - {None}]
        messages, comments = _entries(full)
        with translation.override(language), timezone.override(ZoneInfo(zone)):
            drawn = {row.pk: row for row in conversations.values()}
            rows = [row_of(row, self.slug, labels.get(pk, [])) for pk, row in drawn.items()]
            rows = rows_html(with_windows(rows))
            self.html = html = {row.pk: row.html for row in rows}
            self.short = {
                event.pk: _short(event, conversations.get(event.conversation_id), html) for event in events
            }
            prose = {view["e"]["pk"]: view["e"] for view in event_views(full, self.slug)} if full else {}
            place = SimpleNamespace(slug=self.slug)
            opened = {self.place_of(event) for event in full} - {None}
            headers = {pk: header_html(drawn[pk], place, labels.get(pk, [])) for pk in opened}
            self.full = {
                event.pk: self.short[event.pk]
                | {
                    "header": headers[self.place_of(event)],
                    "item": _item(event, self.slug, messages, comments, prose),
                }
                for event in full
                if self.place_of(event) in headers
            }

    def place_of(self, event: Event) -> int | None:
        """The conversation in which an event is read."""
        conversation = self.conversations.get(event.conversation_id)
        return conversation.pk if conversation else None

    def beside(self, event: Event, pk: int) -> dict:
        """In short, of another conversation whose row looks different for it."""
        return _short(event, self.conversations[pk], self.html)

    def frame(self, event: Event, shows: int | None) -> dict:
        in_full = shows == EVERYTHING or (shows is not None and shows == self.place_of(event))
        return self.full.get(event.pk, self.short[event.pk]) if in_full else self.short[event.pk]


def _short(event: Event, conversation: Conversation | None, rows: dict) -> dict:
    """Who hears it, what a list shows, and whose turn it is: everything but what stands on the line."""
    frame = {"t": "event", "id": event.pk, "at": event.created_at.isoformat(), "type": event.type}
    if event.type == types.MEMBER_AVAILABILITY_CHANGED:
        return frame | event.payload | {"actor": event.actor_id}
    if conversation is None:
        return frame
    if event.type == types.MESSENGER_CONTROL:
        frame["ours"] = event.payload["ours"]
    return frame | {
        "conversation": conversation.pk,
        "version": conversation.version,
        "status": conversation.place(),
        "assignee": conversation.assignee_id,
        "unassigned": conversation.assignee_id is None
        and conversation.team_id is None
        and conversation.bot_since is None,
        "waiting": conversation.waits_for_us(),
        "row": rows[conversation.pk],
        # What a machine wrote, or was set aside, moves no watermark (append.py).
        "unread": event.type == types.MESSAGE_RECEIVED
        and event.payload.get("seq", 0) <= conversation.last_inbound_seq,
        "actor": event.actor_id,
    }


def _entries(events: list[Event]) -> tuple[dict[int, Message], dict[int, Comment]]:
    message_ids = {pk for event in events for pk in _messages_in(event)}
    # What a visitor says with their vote is a comment as well, in words.
    comment_ids = {event.payload["comment"] for event in events if type(event.payload.get("comment")) is int}
    told = Message.objects.prefetch_related(WITH_FILES).select_related("member")
    messages = told.in_bulk(message_ids) if message_ids else {}
    with_faces(messages.values())
    comments = Comment.objects.select_related("author").in_bulk(comment_ids) if comment_ids else {}
    return messages, comments


def _messages_in(event: Event) -> list[int]:
    return event.payload.get("messages") or ([event.payload["message"]] if "message" in event.payload else [])


def _item(event: Event, slug: str, messages: dict, comments: dict, prose: dict) -> str:
    """The markup of what stands on the line for this event."""
    shown = [message_html(message_view(messages[pk], slug)) for pk in _messages_in(event) if pk in messages]
    if event.payload.get("comment") in comments:
        shown.append(comment_html(comment_view(comments[event.payload["comment"]], slug)))
    if event.pk in prose:
        shown.append(event_html(prose[event.pk]))
    return "".join(shown)


def _counts(readers: list[Reader]) -> dict[Reader, dict[str, int]]:
    """The numbers beside the views for many readers: two queries for all of them."""
    ids = {reader.member_id for reader in readers}
    wanted = [*buckets().values(), *map(mine_of, ids)]
    kept: dict[tuple[int, str], int] = {}
    rows = CountDelta.objects.filter(bucket__in=wanted).values_list("inbox", "bucket")
    for inbox, bucket, total in rows.annotate(total=Sum("n")):
        kept[(inbox, bucket)] = total
    # member -> inbox -> how many
    mentions: dict[int, dict[int, int]] = defaultdict(dict)
    named = Conversation.objects.open().filter(mentions__member__in=ids)
    for member_id, inbox, total in named.values_list("mentions__member", "inbox").annotate(
        total=Count("pk", distinct=True)
    ):
        mentions[member_id][inbox] = total
    sums: dict[frozenset, dict[str, int]] = {}  # most readers work in the same inboxes
    return {reader: _counts_of(reader, kept, sums, mentions[reader.member_id]) for reader in readers}


def _counts_of(reader: Reader, kept: dict, sums: dict, mentions: dict[int, int]) -> dict[str, int]:
    bucket = mine_of(reader.member_id)
    own = {"mine": sum(kept.get((inbox, bucket), 0) for inbox in reader.inboxes)}
    if reader.only_own:
        return own  # which of their mentions are theirs to see is asked with the page
    own["mentions"] = sum(total for inbox, total in mentions.items() if inbox in reader.inboxes)
    inboxes = frozenset(reader.inboxes)
    if inboxes not in sums:
        sums[inboxes] = {
            view: sum(kept.get((inbox, bucket), 0) for inbox in inboxes) for view, bucket in buckets().items()
        }
    return own | sums[inboxes]


def visitors_of(workspace_id: int, conversation_ids: list[int]) -> dict[int, int]:
    """Conversation id -> visitor id, for those that have one."""
    with workspace_scope(workspace_id):
        rows = Conversation.objects.filter(pk__in=conversation_ids).exclude(visitor=None)
        return dict(rows.values_list("pk", "visitor_id"))


def recheck(readers: list[Reader]) -> set[Reader]:
    """Look again at what connected members may see; return those who may not be here any more (T029, T062)."""
    ids = {reader.member_id for reader in readers}
    members = (
        Member.objects.active()
        .filter(workspace__suspended_at=None)
        .select_related("user", "workspace")
        .in_bulk(ids)
    )
    sessions = {reader.session_key for reader in readers if reader.session_key}
    alive = set(
        Session.objects.filter(session_key__in=sessions, expire_date__gt=timezone.now()).values_list(
            "session_key", flat=True
        )
    )
    gone = set()
    for reader in readers:
        member = members.get(reader.member_id)
        if (
            member is None
            or (reader.session_key and reader.session_key not in alive)
            or reader.auth_hash
            and reader.auth_hash != member.user.get_session_auth_hash()
        ):
            gone.add(reader)
        elif reader.access_version != member.access_version:
            with workspace_scope(reader.workspace_id):
                reader.look_again(member)
    return gone


REVOKED = "SELECT id FROM contacts_visitor WHERE id = ANY(%s) AND revoked_at IS NOT NULL"


def revoked(workspace_id: int, visitor_ids: set[int]) -> set[int]:
    """Asked every moment of thousands: one array is bound in a tenth of the time of so many parameters."""
    with workspace_scope(workspace_id), connection.cursor() as cursor:
        cursor.execute(REVOKED, [list(visitor_ids)])
        return {pk for (pk,) in cursor.fetchall()}
