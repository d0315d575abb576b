"""Links from a number to what it counts."""

from functools import lru_cache
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from analytics import spell
from analytics.dashboards.panels import looks_known
from analytics.links import query_of
from analytics.reports import PAGES, Behind, Report
from analytics.reports.base import Figure
from analytics.reports.overview import BOTS, FIGURES

register = template.Library()
PAGE_OF = {report.key: page.key for page in PAGES.values() for report in page.reports}


@register.simple_tag(takes_context=True)
def behind_url(context, behind: Behind | None, report: Report | None = None) -> str:
    """Where the facts of a figure are listed; "" for a figure that has none."""
    if behind is None:
        return ""
    query = query_of(behind, context["filters"], report.channels if report else ())
    return f"{_behind(context['workspace'].slug)}?{query}"


@lru_cache(maxsize=1000)
def _behind(slug: str) -> str:
    return reverse("analytics:behind", args=[slug])


@register.simple_tag
def left_url(asked, flow, step) -> str:
    """Who left a chatflow at a step; "" where nobody did."""
    return asked.left_at(flow, step.id) if step.dropped else ""


@register.simple_tag(takes_context=True)
def cell(context, figure: Figure, report: Report) -> SafeString:
    """A figure's cell of a table. Pages have hundreds: a partial for each is most of what they cost."""
    url, text = figure.url or behind_url(context, figure.behind, report), escape(figure.text)
    bar = ""
    if figure.meter is not None:
        bar = f'<span class="meter" aria-hidden="true"><i style="--v:{int(figure.meter)}"></i></span>'
    value = "" if figure.value is None else f' data-v="{float(figure.value):.10g}"'
    said = f'<a href="{escape(url)}">{text}</a>' if url else text
    return mark_safe(f'<td class="r"{value}>{bar}{said}</td>')  # noqa: S308 - every part is escaped above


@register.simple_tag(takes_context=True)
def csv_url(context, report: Report) -> str:
    """The table of a report as a file; "" for what stands on no page of its own."""
    query = "&".join(filter(None, (context["filters"].query, f"csv={report.key}")))
    if report.is_live:
        return ""
    if board := context.get("dashboard"):
        return f"{reverse('analytics:dashboard', args=[context['workspace'].slug, board.pk])}?{query}"
    page = PAGE_OF.get(report.key)
    if page is None and report.key in {BOTS.key, FIGURES.key}:
        return f"{reverse('analytics:home', args=[context['workspace'].slug])}?{query}"
    if page is None:
        return ""
    return f"{reverse('analytics:report', args=[context['workspace'].slug, page])}?{query}"


@register.simple_tag(takes_context=True)
def board_url(context, key: str) -> str:
    """Where a report is put onto a dashboard, with the filters it is looked at with; "" for what cannot stand there."""
    if not looks_known(key):
        return ""
    query = getattr(context["filters"], "query", "")
    asked = urlencode({"report": key} | ({"filters": query} if query else {}))
    return f"{reverse('analytics:dashboard_add', args=[context['workspace'].slug])}?{asked}"


@register.filter
def figure(n: float | None) -> str:
    """A number as every report writes it; nothing counted is none."""
    return spell.number(n or 0)


@register.filter
def of_hundred(share: float | None) -> str:
    """A share that is told of a hundred, as every report writes it."""
    return spell.percent(None if share is None else share / 100)


@register.simple_tag
def report_pages() -> list:
    """The pages of reports, in their order."""
    return list(PAGES.values())
