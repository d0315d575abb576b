"""What a browser keeps of its visits to a customer's site, where a rule or a trial asks for it. Pure.

`v` is what it wrote down at the page view before this one, `t` its clock now: seconds, as is everything here. The launcher writes
it (frontend/widget/more/visit.ts) where the site lets it, and a browser that keeps nothing is always on its first page view.
"""

from dataclasses import dataclass

ENDS_AFTER = 30 * 60  # without a page view; what comes later is another visit
FIELDS = 5


@dataclass(frozen=True, slots=True)
class Visit:
    """`bucket`: the browser's own number of a hundred, for a trial of two versions."""

    page_views: int = 1
    seconds: int = 0
    returning: bool = False
    bucket: int | None = None


def read(kept: str, now: str) -> Visit:
    """`kept` is `page views.time of the last.time of the first.whether there were earlier visits.bucket`."""
    parts = kept[:80].split(".")
    if len(parts) != FIELDS or not all(part.isdecimal() and len(part) < 12 for part in (*parts, now)):
        return Visit()
    views, last, first, returning, bucket = map(int, parts)
    at = int(now)
    if at - last > ENDS_AFTER:
        return Visit(returning=True, bucket=bucket % 100)
    return Visit(min(views + 1, 999_999), max(0, at - first), bool(returning), bucket % 100)
