"""The list of contacts: searched, filtered, sorted, by pages that cost the same however deep they lie."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from contacts.filters import Filter, q_of
from contacts.models import Contact
from contacts.search import FOUND, find_ids
from contacts.sight import visible_to
from workspaces.models import Member
from workspaces.numbers import moment

PAGE = 50
SORTS = ("seen", "name", "new")


@dataclass(frozen=True)
class Asked:
    """What somebody asks of the list: words, filters, order, and after which row."""

    q: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    sort: str = "seen"
    after: str = ""


@dataclass(frozen=True)
class Page:
    rows: list[Contact]
    after: str  # "" at the end
    is_cut: bool = False  # more were found than are looked at


def page_of(asked: Asked, member: Member, filters: list[Filter]) -> Page:
    """One page, with companies and owners: two or three queries, whatever the page."""
    rows = chosen(asked, member, filters).select_related("company", "owner__user")
    if asked.q.strip():
        return _found(rows, asked)
    rows = _after(rows.order_by(*_order(asked.sort)), asked)
    found = list(rows[: PAGE + 1])
    return Page(found[:PAGE], _mark(found[PAGE - 1], asked.sort) if len(found) > PAGE else "")


def chosen(asked: Asked, member: Member, filters: list[Filter]) -> QuerySet[Contact]:
    """Everybody the filters choose, without the words and without order."""
    return visible_to(member).filter(q_of(filters, asked.filters, member))


def ids_of(asked: Asked, member: Member, filters: list[Filter], most: int) -> list[int]:
    """Everybody that is asked for, up to `most`: those whom a verb for all is about."""
    rows = chosen(asked, member, filters)
    if asked.q.strip():
        rows = rows.filter(pk__in=find_ids(asked.q, FOUND))
    return list(rows.order_by(*_order(asked.sort)).values_list("pk", flat=True)[:most])


def _found(rows: QuerySet[Contact], asked: Asked) -> Page:
    """Hits, the best first. Their ids are few: what the policies allow is loaded by them."""
    ids = find_ids(asked.q, FOUND)
    start = int(asked.after) if asked.after.isdecimal() and len(asked.after) < 6 else 0
    if asked.filters:
        allowed = set(rows.filter(pk__in=ids).values_list("pk", flat=True))
        here = [pk for pk in ids if pk in allowed]
    else:
        here = ids
    by_id = {contact.pk: contact for contact in rows.filter(pk__in=here[start : start + PAGE])}
    page = [by_id[pk] for pk in here[start : start + PAGE] if pk in by_id]
    end = start + PAGE
    return Page(page, str(end) if end < len(here) else "", len(ids) >= FOUND)


def _order(sort: str) -> tuple[str, ...]:
    return {"name": ("sort_name", "pk"), "new": ("-pk",)}.get(sort, ("-last_seen_at", "-pk"))


def _mark(contact: Contact, sort: str) -> str:
    if sort == "name":
        return f"{contact.pk}_{contact.sort_name}"
    return str(contact.pk) if sort == "new" else f"{contact.pk}_{contact.last_seen_at.isoformat()}"


def _after(rows: QuerySet[Contact], asked: Asked) -> QuerySet[Contact]:
    """The rows behind a mark; a mark that cannot be read is none. The first comparison bounds the index."""
    number, _sep, value = asked.after.partition("_")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return rows
    pk = int(number)
    if asked.sort == "new":
        return rows.filter(pk__lt=pk)
    if asked.sort == "name":
        return rows.filter(sort_name__gte=value).filter(Q(sort_name__gt=value) | Q(pk__gt=pk))
    at = moment(value)
    if at is None:
        return rows
    return rows.filter(last_seen_at__lte=at).filter(Q(last_seen_at__lt=at) | Q(pk__lt=pk))
