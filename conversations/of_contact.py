"""What the pages of contacts hear of conversations: whom a member may see, who has an open one, what was said."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from contacts import beside, filters, sight, timeline
from contacts.models import Contact
from conversations import how_it_goes
from conversations.append import PREVIEW
from conversations.models import Comment, Conversation, Status
from inboxes.models import sees_only_own
from workspaces.models import Member


def connect() -> None:
    """Called once at start."""
    sight.narrow(only_own)
    filters.register(has_open)
    timeline.register(
        timeline.Source("conversations", gettext_lazy("Conversations"), conversations_of, place=10)
    )
    beside.register_figures(how_it_goes.figures_of)
    timeline.register(timeline.Source("notes", gettext_lazy("Comments"), comments_of, place=30))


def only_own(member: Member) -> Q | None:
    """Who sees only their own conversations sees only the people in them (AC-6)."""
    if not sees_only_own(member):
        return None
    return Q(Exists(Conversation.objects.visible_to(member).filter(contact=OuterRef("pk"))))


def has_open(member: Member) -> filters.Filter:
    """Among the conversations that the reader may see: another's inbox is nobody's business."""

    def ask(value: str, member: Member) -> Q:
        found = Exists(Conversation.objects.visible_to(member).open().filter(contact=OuterRef("pk")))
        return Q(found) if value == "1" else ~Q(found)

    return filters.Filter("open", _("Has an open conversation"), ask, filters.yes_or_no())


def conversations_of(
    contact: Contact, member: Member, mark: timeline.Mark | None, most: int
) -> list[timeline.Item]:
    rows = Conversation.objects.visible_to(member).present().filter(contact=contact)
    found = timeline.behind(rows, "last_activity_at", "conversation", mark).select_related("assignee")
    return [_conversation(row, member) for row in found[:most]]


def _conversation(row: Conversation, member: Member) -> timeline.Item:
    state, tone = {
        Status.OPEN: (pgettext("conversation", "Open"), "accent"),
        Status.SNOOZED: (_("Snoozed"), "warn"),
    }.get(Status(row.status), (_("Closed"), "ok"))
    with_whom = _("with %(name)s") % {"name": row.assignee.display_name} if row.assignee else ""
    said = _whole_words(row.preview)
    lead, body = (row.subject, said) if row.subject else (said, "")
    return timeline.Item(
        row.last_activity_at,
        f"conversation-{row.pk}",
        "",  # its channel's
        lead or _("Conversation"),
        with_whom,
        body,
        reverse("conversations:open", args=[member.workspace.slug, row.pk]),
        row.channel_kind,
        row.language,
        state,
        tone,
    )


def _whole_words(preview: str) -> str:
    """What was cut where its column ends stops behind a word instead."""
    if len(preview) < PREVIEW:
        return preview
    words, blank, _rest = preview.rstrip("…").rpartition(" ")
    return f"{words if blank else preview}…"


def comments_of(
    contact: Contact, member: Member, mark: timeline.Mark | None, most: int
) -> list[timeline.Item]:
    mine = Conversation.objects.visible_to(member).present().filter(contact=contact)
    rows = Comment.objects.filter(conversation__in=mine.values("pk"))
    slug = member.workspace.slug
    return [
        timeline.Item(
            row.created_at,
            f"comment-{row.pk}",
            "note",
            row.author_name,
            _("left a comment"),
            row.body[:400],
            reverse("conversations:open", args=[slug, row.conversation_id]) + f"#comment-{row.pk}",
            "note",
        )
        for row in timeline.behind(rows, "created_at", "comment", mark)[:most]
    ]
