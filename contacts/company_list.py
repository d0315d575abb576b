"""The list of companies: found by words, filtered, in columns, page by page."""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from contacts import columns, filters
from contacts.models import Company, PropertyDefinition
from contacts.people import Asked
from contacts.sight import visible_to
from workspaces.models import Member

PAGE = 50
SORTS = ("name", "new")
USUAL = ("domain", "people")


def filters_for(own: Iterable[PropertyDefinition]) -> list[filters.Filter]:
    """All questions, in the order of the form; `own` are the properties that the workspace made for companies."""
    return [
        filters.Filter("domain", _("Has a domain"), _has_domain, filters.yes_or_no()),
        filters.Filter("people", _("Has people"), _has_people, filters.yes_or_no()),
        *map(filters.of_own, own),
    ]


def _has_domain(value: str, member: Member) -> Q:
    return ~Q(domain="") if value == "1" else Q(domain="")


def _has_people(value: str, member: Member) -> Q:
    some = Exists(visible_to(member).filter(company=OuterRef("pk"), deleted_at=None))
    return Q(some) if value == "1" else ~Q(some)


def columns_of(own: Iterable[PropertyDefinition]) -> list[columns.Column]:
    """All there are, in the order of the menu. The name is always there, and is none of them."""
    return [
        columns.Column("domain", _("Domain"), lambda company: company.domain),
        columns.Column("people", _("People"), lambda company: company.people),
        columns.Column("since", _("Company since"), lambda company: company.created_at, "new"),
        *map(columns.of_own, own),
    ]


def chosen(asked: Asked, member: Member, questions: list[filters.Filter]) -> QuerySet[Company]:
    """All that the words and the filters choose, without order."""
    rows = Company.objects.filter(filters.together(questions, asked.filters, member))
    q = asked.q.strip()
    return rows.filter(Q(name__icontains=q) | Q(domain__icontains=q)) if q else rows


def page_of(asked: Asked, member: Member, questions: list[filters.Filter]) -> tuple[list[Company], str]:
    """(one page, each with its number of `people`; the mark behind which the next begins, "" at the end): two queries."""
    rows = chosen(asked, member, questions).annotate(low=Lower("name"))
    rows = _after(rows, asked).order_by(*(("low", "pk") if asked.sort == "name" else ("-pk",)))
    found = list(rows[: PAGE + 1])
    page = with_people(found[:PAGE], member)
    return page, _mark(page[-1], asked.sort) if len(found) > PAGE else ""


def ids_of(asked: Asked, member: Member, questions: list[filters.Filter], most: int) -> list[int]:
    return list(chosen(asked, member, questions).order_by("pk").values_list("pk", flat=True)[:most])


def with_people(companies: list[Company], member: Member) -> list[Company]:
    """Each knows how many of its people the member may see."""
    theirs = visible_to(member).filter(company__in=companies, deleted_at=None)
    counts = dict(theirs.order_by().values_list("company").annotate(n=Count("pk"))) if companies else {}
    for one in companies:
        one.people = counts.get(one.pk, 0)  # type: ignore[attr-defined]
    return companies


def _mark(company: Company, sort: str) -> str:
    return f"{company.pk}_{company.low}" if sort == "name" else str(company.pk)  # type: ignore[attr-defined]


def _after(rows: QuerySet, asked: Asked) -> QuerySet:
    """The rows behind a mark; a mark that cannot be read is none."""
    number, _sep, value = asked.after.partition("_")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return rows
    pk = int(number)
    if asked.sort == "new":
        return rows.filter(pk__lt=pk)
    return rows.filter(low__gte=value).filter(Q(low__gt=value) | Q(pk__gt=pk))
