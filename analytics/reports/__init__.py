"""The reports, and the pages that they stand on."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics.reports import catalogue as all_of
from analytics.reports.base import Answer, Ask, Behind, Book, Report, gather

__all__ = ["PAGES", "REPORTS", "Answer", "Ask", "Behind", "Book", "Page", "Report", "answer", "gather"]


@dataclass(frozen=True)
class Page:
    key: str
    title: Any
    reports: tuple[Report, ...]


PAGES = {
    page.key: page
    for page in (
        Page("chat", _("Chat"), all_of.CHAT_PAGE),
        Page("email", _("E-mail"), all_of.MAIL_PAGE),
        Page("volume", _("Volume"), all_of.VOLUME_PAGE),
        Page("replies", _("Replies"), all_of.REPLIES_PAGE),
        Page("closing", _("Closing"), all_of.CLOSING_PAGE),
        Page("team", _("Team"), all_of.TEAM_PAGE),
        Page("service-levels", _("Service levels"), all_of.LEVELS_PAGE),
        Page("satisfaction", _("Satisfaction"), all_of.VOTES_PAGE),
        Page("tickets", _("Tickets"), all_of.TICKETS_PAGE),
        Page("labels", _("Labels"), all_of.LABELS_PAGE),
        Page("pages", _("Pages"), all_of.PAGES_PAGE),
        Page("addresses", _("Addresses"), all_of.ADDRESSES_PAGE),
    )
}
REPORTS = {report.key: report for page in PAGES.values() for report in page.reports}


def answer(report: Report, book: Book) -> Answer:
    """What a report says. `book`: what gather() found for it, alone or with others."""
    return report.make(report, book.seen_by(report))
