"""Numbers and moments that an address or a form says."""

from datetime import UTC, datetime

LONGEST = 18  # digits; what fits every column of numbers of rows
FIRST_YEAR, LAST_YEAR = 1900, 9000


def whole(text: object) -> int:
    """The number of a row that a text says; 0, which no row has, for whatever is none."""
    said = str(text or "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= LONGEST else 0


def moment(text: str) -> datetime | None:
    """The moment that a text says, with its distance from UTC; None for whatever is none, or lies beyond any log."""
    try:
        found = datetime.fromisoformat(text)
        near = FIRST_YEAR <= found.year <= LAST_YEAR and found.tzinfo is not None
        return found.astimezone(UTC) if near else None
    except ValueError:
        return None
