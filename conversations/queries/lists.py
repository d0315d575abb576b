"""The list of a view: keyset pages in one of three orders, a fixed handful of queries."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.due import Due, due_of
from conversations.models import Conversation, ConversationLabel, Draft, Priority, ReadMark, Status
from conversations.queries.counts import counts_for
from conversations.queries.views import VIEWS, View, get_view
from conversations.windows import Window, with_windows
from workspaces import numbers
from workspaces.models import Member

__all__ = ["SORTS", "VIEWS", "Page", "Row", "View", "counts_for", "get_view", "page_of", "rows_for"]

PAGE = 50
SORTS = {
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "waiting": _("Longest waiting first"),
    "due": _("Due first"),
}
ORDERS = {
    "newest": (F("last_activity_at").desc(), F("pk").desc()),
    "oldest": (F("last_activity_at").asc(), F("pk").asc()),
    # Those who wait for us, then the others.
    "waiting": (F("waiting_since").asc(nulls_last=True), F("pk").asc()),
    # Those that are promised an answer, then the others.
    "due": (F("due_at").asc(nulls_last=True), F("pk").asc()),
}
# By what each is sorted, and whether there are some without it.
SORTED_BY = {
    "newest": "last_activity_at",
    "oldest": "last_activity_at",
    "waiting": "waiting_since",
    "due": "due_at",
}
NULLS_LAST = ("waiting", "due")

# What a row shows: half of the columns, which is most of what reading fifty of them costs.
SHOWN = (
    *(
        "version",
        "contact_name",
        "contact_org",
        "subject",
        "preview",
        "preview_kind",
        "channel_kind",
        "status",
        "priority",
    ),
    *("language", "last_activity_at", "waiting_since", "last_inbound_seq", "workspace"),
    *("ticket_number", "due_half_at", "due_soon_at", "due_at"),
    *("assignee__display_name", "assignee__availability", "assignee__deactivated_at", "assignee__avatar"),
)


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
    priority: str = str(Priority.NORMAL.value)
    unread: bool = False
    draft: str = ""
    html: str = ""
    # How long it can still be answered, where that ends (FM-6).
    window: Window | None = None
    # Of those who show one where they write from.
    picture: str = ""
    ticket: int | None = None
    due: Due | None = None
    # The name with what was looked for marked in it.
    name_html: str = ""

    def ours(self) -> bool:
        """It is our turn: what is put away may still have its waiting customer, but asks for nothing."""
        return self.waiting and self.status == Status.OPEN


@dataclass(frozen=True)
class Page:
    yours: list[Row]
    theirs: list[Row]
    next: str  # where the next page begins, '' when there is none


def page_of(
    view: View, member: Member, *, after: str = "", sort: str = "newest", inbox: int | None = None
) -> Page:
    """One page of a view. `after` is the `next` of the page before; a bad one, or one of another order, begins anew."""
    chosen = view.choose(Conversation.objects.visible_to(member), member).order_by(*ORDERS[sort])
    if inbox:
        chosen = chosen.filter(inbox=inbox)
    narrow = with_marks(_after(chosen, after, sort), member).select_related("assignee").only(*SHOWN)
    found = list(narrow[: PAGE + 1])
    rows = [_row_for(one, member, (one.mark_seq, one.mark_draft, one.mark_labels)) for one in found[:PAGE]]
    with_windows(rows)
    last = found[PAGE - 1] if len(found) > PAGE else None
    if view.flat:
        return Page([], rows, cursor_of(last, sort))
    return Page(
        [row for row in rows if row.ours()], [row for row in rows if not row.ours()], cursor_of(last, sort)
    )


def cursor_of(conversation: Conversation | None, sort: str = "newest") -> str:
    """Where a page ended: the moment that it is sorted by, and the number. Arrivals never move it."""
    if conversation is None:
        return ""
    at = getattr(conversation, SORTED_BY[sort])
    return f"{sort[0]}{at.isoformat() if at else ''}_{conversation.pk}"


def _after(rows, cursor: str, sort: str):
    at, _sep, pk = cursor[1:].rpartition("_")
    if cursor[:1] != sort[0] or not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return rows
    column = SORTED_BY[sort]
    if sort in NULLS_LAST and not at:
        return rows.filter(**{column: None, "pk__gt": int(pk)})
    moment = numbers.moment(at)
    if moment is None:
        return rows
    if sort == "newest":
        return rows.filter(Q(last_activity_at__lt=moment) | Q(last_activity_at=moment, pk__lt=int(pk)))
    if sort == "oldest":
        return rows.filter(Q(last_activity_at__gt=moment) | Q(last_activity_at=moment, pk__gt=int(pk)))
    later = Q(**{f"{column}__gt": moment}) | Q(**{column: moment, "pk__gt": int(pk)})
    return rows.filter(later | Q(**{column: None}))


def rows_for(conversations: list[Conversation], member: Member) -> list[Row]:
    """Rows of conversations that were read without their marks: one more query for any number of them."""
    ids = [conversation.pk for conversation in conversations]
    marked = with_marks(Conversation.objects.filter(pk__in=ids), member)
    marks = {pk: found for pk, *found in marked.values_list("pk", "mark_seq", "mark_draft", "mark_labels")}
    return with_windows([_row_for(one, member, marks.get(one.pk, (0, "", []))) for one in conversations])


def with_marks(rows, member: Member):
    """Adds how far a member has read each, what they are writing there, and its labels, in the very same statement."""
    here = {"conversation": OuterRef("pk")}
    read = ReadMark.objects.filter(member=member, **here).values("seq")[:1]
    draft = Draft.objects.filter(member=member, mode="reply", **here).values("body")[:1]
    return rows.annotate(
        mark_seq=Subquery(read), mark_draft=Subquery(draft), mark_labels=_label_list(OuterRef("pk"))
    )


def _row_for(conversation: Conversation, member: Member, marks) -> Row:
    read, draft, labels = marks
    row = row_of(conversation, member.workspace.slug, labels)
    row.unread = conversation.last_inbound_seq > (read or 0)
    row.draft = " ".join((draft or "").split())[:100]
    return row


def _label_list(conversation) -> ArraySubquery:
    marks = ConversationLabel.objects.filter(conversation=conversation).order_by("label__name")
    return ArraySubquery(marks.values(data=JSONObject(name="label__name", color="label__colour")))


def row_of(conversation: Conversation, slug: str, labels: list[dict]) -> Row:
    """The row as everybody sees it."""
    return Row(
        pk=conversation.pk,
        version=conversation.version,
        url=address_of(slug, conversation.pk),
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
        priority=conversation.priority,
        ticket=conversation.ticket_number,
        due=due_of(conversation),
    )


def address_of(slug: str, pk: int) -> str:
    """Where a conversation is read. Fifty a page: asking the resolver for each is a fifth of the page's rows."""
    before, after = _around(slug)
    return f"{before}{pk}{after}"


@lru_cache(maxsize=1000)
def _around(slug: str) -> tuple[str, str]:
    before, _mark, after = reverse("conversations:open", args=[slug, 0]).rpartition("/0/")
    return f"{before}/", f"/{after}"


def person(member: Member | None) -> dict | None:
    if member is None:
        return None
    return {
        "pk": member.pk,
        "name": member.display_name,
        "initials": member.initials,
        "hue": member.hue,
        "picture": member.picture,
        "available": member.is_available(),
    }


def labels_of(ids: list[int]) -> dict[int, list[dict]]:
    rows = Conversation.objects.filter(pk__in=ids).values_list("pk", _label_list(OuterRef("pk")))
    return dict(rows)
