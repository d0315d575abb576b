"""A letter as a mail: findings, charts as pictures, and a plain table of each report; the same as text."""

from dataclasses import dataclass, replace
from datetime import datetime
from email.mime.image import MIMEImage

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from analytics import spell
from analytics.choices import Choices, choices_of
from analytics.dashboards.panels import found
from analytics.filters import CLOCKS, NARROWING, Filters, days_from, filters_from, stored, usual_grain
from analytics.letters.pictures import png_of
from analytics.letters.times import days_of
from analytics.models import Dashboard, Letter
from analytics.reports import PAGES, Answer, Report, answer, gather
from analytics.reports.base import Row
from analytics.reports.catalogue import BUSY, FIRST_REPLY, WORK
from analytics.reports.overview import BOTS, FIGURES
from analytics.scope import WORKING, zone_of
from workspaces.mail import on_site
from workspaces.models import Member

# The first page of the room, which is none of PAGES: its own address and its own cards.
OVERVIEW = "overview"
CARDS = (FIGURES, FIRST_REPLY, BOTS, WORK, BUSY)
# Mail programs cut off what is long; a table of every page of a site stands in the reports.
MOST_ROWS = 40


@dataclass(frozen=True)
class Part:
    """One report; `cid` names its picture within the mail."""

    answer: Answer
    picture: bytes | None
    cid: str

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.answer.rows[:MOST_ROWS]

    @property
    def more(self) -> int:
        return len(self.answer.rows) - len(self.rows)


def title_of(letter: Letter) -> str:
    if letter.page == OVERVIEW:
        return _("Overview")
    return letter.dashboard.name if letter.dashboard else str(PAGES[letter.page].title)


def mail_of(letter: Letter, member: Member, due_at: datetime) -> EmailMultiAlternatives:
    """In the language of who reads it, by the workspace's clock. Inside the scope."""
    workspace = member.workspace
    language = member.user.language or workspace.language
    with translation.override(language), timezone.override(zone_of(workspace.time_zone)):
        filters = _filters(letter, workspace, due_at)
        parts = _parts(letter, filters, workspace)
        address = on_site(_address(letter, workspace.slug, filters))
        days = spell.period(filters.scope.first, filters.scope.last)
        subject = f"{title_of(letter)} · {days} · {workspace.name}"
        context = {
            "subject": subject,
            "title": title_of(letter),
            "days": days,
            "workspace": workspace,
            "parts": parts,
            "filters": filters,
            "address": address,
            "stop": on_site(reverse("analytics:letters", args=[workspace.slug])) + f"#letter-{letter.pk}",
            "language": language,
        }
        text = render_to_string("mail/reports.txt", context)
        html = render_to_string("mail/reports.html", context)
    # List-Id lets people file it; the way out is in the app, since a mail may be passed on.
    headers = {
        "Auto-Submitted": "auto-generated",
        "List-Id": f"<reports-{letter.pk}.{workspace.slug}.parley>",
    }
    mail = EmailMultiAlternatives(
        " ".join(subject.split()), text, settings.DEFAULT_FROM_EMAIL, [member.user.email], headers=headers
    )
    mail.mixed_subtype = "related"
    mail.attach_alternative(html, "text/html")
    for part in parts:
        if part.picture:
            picture = MIMEImage(part.picture, "png")
            picture.add_header("Content-ID", f"<{part.cid}>")
            picture.add_header("Content-Disposition", "inline", filename=f"{part.answer.report.key}.png")
            mail.attach(picture)
    return mail


def names_of(workspace) -> Choices:
    """What filters may name, whatever the days."""
    today = timezone.now().date()
    return choices_of(workspace, days_from(QueryDict(), today, workspace.time_zone))


def narrowed_words(query: str, choices: Choices) -> str:
    """ "Support · Nora Benali · Around the clock": what a letter is narrowed to; "" for nothing. Days are the letter's own."""
    filters = filters_from(stored(query), choices, today=timezone.now().date(), zone="UTC")
    said = [
        choices.name(by, str(value))
        for attribute, by in NARROWING.values()
        for value in getattr(filters.scope, attribute)
    ]
    said += filters.scope.pages
    if filters.scope.clock != WORKING:
        said.append(str(CLOCKS[filters.scope.clock]))
    return " · ".join(said)


def _filters(letter: Letter, workspace, due_at: datetime) -> Filters:
    """Its own filters, over the days that it tells of."""
    first, last = days_of(letter, due_at)
    asked = stored(letter.dashboard.query if letter.dashboard else letter.query)
    for name in ("period", "from", "to", "grain"):
        asked.pop(name, None)
    asked.update({"from": first.isoformat(), "to": last.isoformat()})
    zone = workspace.time_zone
    choices = choices_of(workspace, days_from(asked, last, zone))
    filters = filters_from(asked, choices, today=due_at.astimezone(zone_of(zone)).date(), zone=zone)
    return replace(filters, grain=usual_grain(filters.scope.days), mistakes=())


def _parts(letter: Letter, filters: Filters, workspace) -> list[Part]:
    reports = _reports_of(letter)
    book = gather(reports, filters, choices_of(workspace, filters.scope))
    parts = []
    for report in reports:
        said = answer(replace(report, span=8), book)  # as wide as a mail
        picture = png_of(said.chart) if said.chart and not said.empty else None
        parts.append(Part(said, picture, f"{report.key}@parley"))
    return parts


def _reports_of(letter: Letter) -> list[Report]:
    if letter.dashboard:
        return _panels(letter.dashboard)
    return list(CARDS) if letter.page == OVERVIEW else list(PAGES[letter.page].reports)


def _panels(dashboard: Dashboard) -> list[Report]:
    return list(found(panel["report"] for panel in dashboard.panels).values())


def _address(letter: Letter, slug: str, filters: Filters) -> str:
    if letter.dashboard:
        return reverse("analytics:dashboard", args=[slug, letter.dashboard.pk]) + f"?{filters.query}"
    if letter.page == OVERVIEW:
        return reverse("analytics:home", args=[slug]) + f"?{filters.query}"
    return reverse("analytics:report", args=[slug, letter.page]) + f"?{filters.query}"
