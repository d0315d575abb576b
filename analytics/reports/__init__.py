"""The reports, and the pages that they stand on."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as say

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
        Page("chat", say("Chat"), all_of.CHAT_PAGE),
        Page("email", say("E-mail"), all_of.MAIL_PAGE),
        Page("volume", say("Volume"), all_of.VOLUME_PAGE),
        Page("replies", say("Replies"), all_of.REPLIES_PAGE),
        Page("team", say("Team"), all_of.TEAM_PAGE),
        Page("service-levels", say("Service levels"), all_of.LEVELS_PAGE),
        Page("satisfaction", say("Satisfaction"), all_of.VOTES_PAGE),
        Page("tickets", say("Tickets"), all_of.TICKETS_PAGE),
        Page("labels", say("Labels"), all_of.LABELS_PAGE),
        Page("pages", say("Pages"), all_of.PAGES_PAGE),
        Page("addresses", say("Addresses"), all_of.ADDRESSES_PAGE),
    )
}
REPORTS = {report.key: report for page in PAGES.values() for report in page.reports}


def answer(report: Report, book: Book) -> Answer:
    """What a report says. `book`: what gather() found for it, alone or with others."""
    return report.make(report, book.seen_by(report))
