"""Public holidays by country and part of it, from the `holidays` package."""

from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache

import holidays
from babel import Locale
from django.utils.translation import get_language, to_locale

ANY_YEAR = 2026  # its names are those of every year


@cache
def _countries() -> dict[str, tuple[str, ...]]:
    """Code → codes of its parts. The name of a country is the same as its file there: nothing is loaded for this."""
    supported = holidays.list_supported_countries(include_aliases=False)
    return {code: tuple(parts) for code, parts in supported.items() if len(code) == 2}


def countries() -> list[tuple[str, str]]:
    """(code, name in the reader's language), by name."""
    names = _locale().territories
    return sorted(((code, names.get(code, code)) for code in _countries()), key=lambda row: row[1])


def subdivisions(country: str) -> list[tuple[str, str]]:
    """(code, name) of the parts of a country that have holidays of their own."""
    if country not in _countries():
        return []
    names: dict[str, str] = {}
    for alias, code in getattr(_year(country, "", ANY_YEAR), "subdivisions_aliases", {}).items():
        # Some are listed under short codes too: the longest says most.
        names[code] = max(names.get(code, ""), alias, key=len)
    return sorted(((code, names.get(code, code)) for code in _countries()[country]), key=lambda row: row[1])


def is_known(country: str, subdivision: str = "") -> bool:
    return country in _countries() and (not subdivision or subdivision in _countries()[country])


def days_of(country: str, subdivision: str, years: Iterable[int]) -> frozenset[date]:
    """The public holidays of these years; none of a country that is not known (any more)."""
    if not is_known(country, subdivision):
        return frozenset()
    return frozenset(day for year in years for day in _year(country, subdivision, year))


def named_days(country: str, subdivision: str, year: int) -> list[tuple[date, str]]:
    """The same with their names, in the reader's language where the package speaks it, else in the country's own."""
    if not is_known(country, subdivision):
        return []
    return sorted(_year(country, subdivision, year, _spoken(country)).items())


@lru_cache(maxsize=256)
def _year(country: str, subdivision: str, year: int, language: str = ""):
    return holidays.country_holidays(
        country, subdiv=subdivision or None, years=[year], expand=False, language=language or None
    )


def _spoken(country: str) -> str:
    own = _year(country, "", ANY_YEAR)
    wanted = (get_language() or "en").split("-")[0]
    return next((code for code in own.supported_languages if code.split("_")[0] == wanted), "")


def _locale() -> Locale:
    return Locale.parse(to_locale(get_language() or "en"))
