"""Two tickets that are one, one that is two; for thirty days either can be undone (TK-12)."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from conversations.models import Conversation
from events.types import TICKET_MERGED, TICKET_PARTED, TICKET_SPLIT
from tickets.actions.base import hold, lock, save, tell
from tickets.actions.create import create_ticket
from tickets.actions.ties import stands_below, tie, untie
from tickets.models import Ticket, TicketComment, TicketConversation, TicketLink, TicketMerge
from tickets.refusals import CannotUndo, NothingLeft, NotTogether
from tickets.rules import may_own
from workspaces.models import Member

CAN_UNDO = timedelta(days=30)


@transaction.atomic
def merge(kept: Ticket, gone: Ticket, *, by: Member | None) -> TicketMerge:
    """`gone` becomes part of `kept`, with its conversations, comments, links and children. Raises NotTogether."""
    kept, gone = _both(kept, gone)
    if kept.merged_into_id or gone.merged_into_id or kept.deleted_at or gone.deleted_at:
        raise NotTogether
    below = stands_below(kept, gone)
    moved = _bring_all(gone, kept) | {"kept": {"parent": kept.parent_id if below else None}}
    kept = lock(kept)
    if below:
        kept.parent = None
    gone.merged_into = kept
    save(gone, "merged_into")
    save(kept, "parent")
    record = TicketMerge.objects.create(kept=kept, other=gone, moved=moved, by=by)
    tell(TICKET_MERGED, kept, by=by, other=gone.pk)
    return record


@transaction.atomic
def split(ticket: Ticket, conversations: Iterable[Conversation], *, name: str, by: Member) -> TicketMerge:
    """Some of its conversations go on as a ticket of their own. Raises NothingLeft, StageRefused."""
    ticket = hold(ticket)
    wanted = {conversation.pk for conversation in conversations}
    standing = set(ticket.ties.values_list("conversation", flat=True))
    going = standing & wanted
    if not going or going == standing:
        raise NothingLeft
    first = Conversation.objects.select_related("contact", "inbox").get(pk=min(going))
    made = create_ticket(
        name=name or first.subject or ticket.name,
        by=by,
        pipeline=ticket.pipeline,
        priority=ticket.priority,
        category=ticket.category,
        source=ticket.source,
        owner=ticket.owner if ticket.owner and may_own(ticket.owner, first.inbox_id) else None,
        contact=first.contact or ticket.contact,
        inbox=first.inbox,
        teams=ticket.teams.all(),
    )
    moved = {"conversations": _bring_conversations(ticket, made, only=going)}
    record = TicketMerge.objects.create(kept=ticket, other=made, kind="split", moved=moved, by=by)
    for one in (lock(ticket), lock(made)):
        save(one)
    tell(TICKET_SPLIT, ticket, by=by, other=made.pk)
    return record


@transaction.atomic
def undo(record: TicketMerge, *, by: Member | None) -> Ticket:
    """As it was, but for what was changed by hand since. Returns the ticket that came back. Raises CannotUndo."""
    record = TicketMerge.objects.select_for_update(of=("self",)).get(pk=record.pk)
    if record.undone_at or record.created_at < timezone.now() - CAN_UNDO:
        raise CannotUndo
    kept, other = _both(record.kept, record.other)
    if kept.merged_into_id or (record.kind == "split" and other.merged_into_id):
        raise CannotUndo
    if record.kind == "split":
        if stands_below(kept, other):
            Ticket.objects.filter(pk=kept.pk).update(parent=None)
        _bring_all(other, kept)
        other.merged_into = kept
    else:
        if other.merged_into_id != kept.pk:
            raise CannotUndo
        _bring_conversations(kept, other, only=set(record.moved["conversations"]))
        _give_back(record, kept, other)
        other.merged_into = None
    record.undone_at = timezone.now()
    record.save(update_fields=["undone_at"])
    save(other, "merged_into")
    save(lock(kept))
    for one, that in ((kept, other), (other, kept)):
        tell(TICKET_PARTED, one, by=by, other=that.pk)
    return lock(other)


def _bring_all(gone: Ticket, kept: Ticket) -> dict:
    """Everything that hangs on a ticket comes over to another one; what came, by ids."""
    moved = {
        "conversations": _bring_conversations(gone, kept),
        "comments": _ids(gone.comments.all()),
        "children": _ids(gone.children.exclude(pk=kept.pk)),
        "links": _bring_links(gone, kept),
    }
    TicketComment.objects.filter(pk__in=moved["comments"]).update(ticket=kept)
    Ticket.objects.filter(pk__in=moved["children"]).update(parent=kept)
    return moved


def _give_back(record: TicketMerge, kept: Ticket, other: Ticket) -> None:
    moved = record.moved
    TicketComment.objects.filter(pk__in=moved["comments"], ticket=kept).update(ticket=other)
    Ticket.objects.filter(pk__in=moved["children"], parent=kept).update(parent=other)
    above = Ticket.objects.filter(pk=moved["kept"]["parent"] or 0).first()
    if above and kept.parent_id is None and not stands_below(above, kept):
        Ticket.objects.filter(pk=kept.pk).update(parent=above)
    for pk, is_new in moved["links"]:
        if is_new:
            TicketLink.objects.filter(_pair(kept.pk, pk)).delete()
        if Ticket.objects.filter(pk=pk).exists():
            TicketLink.objects.get_or_create(a_id=min(other.pk, pk), b_id=max(other.pk, pk))


def _bring_conversations(of: Ticket, to: Ticket, *, only: set[int] | None = None) -> list[int]:
    found = TicketConversation.objects.filter(ticket=of)
    if only is not None:
        found = found.filter(conversation__in=only)
    ids = list(found.order_by("pk").values_list("conversation", flat=True))
    for conversation in Conversation.objects.filter(pk__in=ids).order_by("pk"):
        untie(of, conversation.pk)
        tie(to, conversation)
    return ids


def _bring_links(gone: Ticket, kept: Ticket) -> list[tuple[int, bool]]:
    """[(the other ticket, whether kept was not related to it before)]"""
    mine = TicketLink.objects.filter(Q(a=gone) | Q(b=gone))
    others = [row.b_id if row.a_id == gone.pk else row.a_id for row in mine]
    brought = []
    for pk in others:
        is_new = False
        if pk != kept.pk:
            _row, is_new = TicketLink.objects.get_or_create(a_id=min(kept.pk, pk), b_id=max(kept.pk, pk))
        brought.append((pk, is_new))
    mine.delete()
    return brought


def _pair(one: int, other: int) -> Q:
    return Q(a=min(one, other), b=max(one, other))


def _both(one: Ticket, other: Ticket) -> tuple[Ticket, Ticket]:
    if one.pk == other.pk:
        raise NotTogether
    locked = {row.pk: row for row in (lock(each) for each in sorted((one, other), key=lambda row: row.pk))}
    return locked[one.pk], locked[other.pk]


def _ids(rows) -> list[int]:
    return list(rows.values_list("pk", flat=True))
