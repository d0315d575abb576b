"""The list of a view: keyset pages, a fixed handful of queries, counters that are kept and not counted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, Sum
from django.http import Http404
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from conversations.models import (
    Conversation,
    ConversationLabel,
    ConversationQuerySet,
    CountDelta,
    Draft,
    ReadMark,
    Status,
)
from inboxes.models import Inbox, sees_only_own
from workspaces.models import Member

PAGE = 50


@dataclass(frozen=True)
class View:
    """A list in the navigation (VW-1). `flat`: not grouped by whose turn it is."""

    key: str
    label: str
    icon: str
    choose: Callable[[ConversationQuerySet, Member], ConversationQuerySet]
    flat: bool = False
    counted: bool = True


VIEWS = [
    View("mine", _("Assigned to me"), "user", lambda rows, member: rows.open().assigned_to(member)),
    View("unassigned", _("Unassigned"), "none", lambda rows, member: rows.open().unassigned()),
    View("open", _("All open"), "inbox", lambda rows, member: rows.open()),
    View(
        "snoozed",
        pgettext_lazy("view", "Snoozed"),
        "clock",
        lambda rows, member: rows.present().filter(status=Status.SNOOZED),
        flat=True,
    ),
    View(
        "closed",
        pgettext_lazy("view", "Closed"),
        "done",
        lambda rows, member: rows.present().filter(status=Status.CLOSED),
        flat=True,
        counted=False,
    ),
    View(
        "filtered",
        pgettext_lazy("view", "Filtered"),
        "filter",
        lambda rows, member: rows.filter(trashed_at=None, spam_at=None, filtered_at__isnull=False),
        flat=True,
    ),
    View(
        "spam",
        pgettext_lazy("view", "Spam"),
        "ban",
        lambda rows, member: rows.filter(trashed_at=None, spam_at__isnull=False),
        flat=True,
    ),
]
_BY_KEY = {view.key: view for view in VIEWS}


def get_view(key: str) -> View:
    """Return a view by its key. Raises Http404 for one that does not exist."""
    if key not in _BY_KEY:
        raise Http404
    return _BY_KEY[key]


@dataclass
class Row:
    """A row of the list. What depends on the reader (unread, draft) is kept apart from what does not."""

    pk: int
    version: int
    url: str
    contact_name: str
    org: str
    subject: str
    preview: str
    preview_kind: str
    channel_kind: str
    last_activity_at: datetime
    waiting: bool
    status: str
    lang: str
    assignee: dict | None
    labels: list[dict] = field(default_factory=list)
    unread: bool = False
    draft: str = ""
    html: str = ""


@dataclass(frozen=True)
class Page:
    yours: list[Row]
    theirs: list[Row]
    next: str  # where the next page begins, '' when there is none


def page_of(view: View, member: Member, *, after: str = "") -> Page:
    """One page of a view, newest first. `after` is the `next` of the page before; a bad one begins anew."""
    chosen = view.choose(Conversation.objects.visible_to(member), member).newest_first()
    found = list(_after(chosen, after).select_related("assignee")[: PAGE + 1])
    rows = rows_for(found[:PAGE], member)
    last = found[PAGE - 1] if len(found) > PAGE else None
    if view.flat:
        return Page([], rows, cursor_of(last))
    return Page([r for r in rows if r.waiting], [r for r in rows if not r.waiting], cursor_of(last))


def cursor_of(conversation: Conversation | None) -> str:
    return f"{conversation.last_activity_at.isoformat()}_{conversation.pk}" if conversation else ""


def _after(rows, cursor: str):
    at, _sep, pk = cursor.rpartition("_")
    try:
        moment = parse_datetime(at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not pk.isdigit():
        return rows
    return rows.filter(Q(last_activity_at__lt=moment) | Q(last_activity_at=moment, pk__lt=int(pk)))


def rows_for(conversations: list[Conversation], member: Member) -> list[Row]:
    """Rows with what this member has read and is writing: three queries for any number of conversations."""
    ids = [conversation.pk for conversation in conversations]
    read = dict(
        ReadMark.objects.filter(member=member, conversation__in=ids).values_list("conversation_id", "seq")
    )
    drafts = dict(
        Draft.objects.filter(member=member, conversation__in=ids, mode="reply").values_list(
            "conversation_id", "body"
        )
    )
    labels = _labels(ids)
    slug = member.workspace.slug
    rows = []
    for conversation in conversations:
        row = row_of(conversation, slug, labels.get(conversation.pk, []))
        row.unread = conversation.last_inbound_seq > read.get(conversation.pk, 0)
        row.draft = " ".join(drafts.get(conversation.pk, "").split())[:100]
        rows.append(row)
    return rows


def row_of(conversation: Conversation, slug: str, labels: list[dict]) -> Row:
    """The row as everybody sees it."""
    return Row(
        pk=conversation.pk,
        version=conversation.version,
        url=reverse("conversations:open", args=[slug, conversation.pk]),
        contact_name=conversation.contact_name or gettext("Visitor"),
        org=conversation.contact_org,
        subject=conversation.subject,
        preview=conversation.preview,
        preview_kind=conversation.preview_kind,
        channel_kind=conversation.channel_kind,
        last_activity_at=conversation.last_activity_at,
        waiting=conversation.waits_for_us(),
        status=conversation.status,
        lang=conversation.language,
        assignee=person(conversation.assignee),
        labels=labels,
    )


def person(member: Member | None) -> dict | None:
    if member is None:
        return None
    return {
        "pk": member.pk,
        "name": member.display_name,
        "initials": member.initials,
        "hue": member.hue,
        "available": member.is_available(),
    }


def labels_of(ids: list[int]) -> dict[int, list[dict]]:
    return _labels(ids)


def _labels(ids: list[int]) -> dict[int, list[dict]]:
    found: dict[int, list[dict]] = {}
    marks = (
        ConversationLabel.objects.filter(conversation__in=ids).select_related("label").order_by("label__name")
    )
    for mark in marks:
        found.setdefault(mark.conversation_id, []).append(
            {"name": mark.label.name, "color": mark.label.colour}
        )
    return found


def counts_for(member: Member) -> dict[str, int]:
    """The numbers beside the views, within the member's rights: two queries, whatever the size of the inbox (VW-4)."""
    mine = Conversation.objects.open().assigned_to(member)
    counts = {"mine": mine.filter(inbox__in=Inbox.objects.visible_to(member)).count()}
    if sees_only_own(member):
        return counts | {
            "unassigned": 0,
            "open": Conversation.objects.visible_to(member).open().count(),
            "snoozed": 0,
            "filtered": 0,
            "spam": 0,
        }
    kept = CountDelta.objects.filter(inbox__in=Inbox.objects.visible_to(member))
    sums = dict(kept.values_list("bucket").annotate(total=Sum("n")).values_list("bucket", "total"))
    kept = ("unassigned", "open", "snoozed", "filtered", "spam")
    return counts | {bucket: sums.get(bucket, 0) for bucket in kept}
