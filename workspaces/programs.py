"""What the public API of every room has in common: reading what a program sent, and saying what is wrong with it."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import Http404, JsonResponse

from workspaces import plain_json
from workspaces.numbers import whole
from workspaces.refusals import Refused

PAGE = 50
LONGEST_BODY = 200_000


class Wrong(Exception):
    """What was sent cannot be understood; `field` is where, `reason` says why where it can be said."""

    def __init__(self, field: str, reason: str = ""):
        super().__init__(field)
        self.field, self.reason = field, reason


def answers_mistakes(view: Callable) -> Callable:
    """404 for what is not there, 422 names the field, 409 the rule that refuses; then nothing was changed."""

    @wraps(view)
    def answered(request, *args, **kwargs):
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except Http404:
            return JsonResponse({"error": "not_found"}, status=404)
        except Wrong as wrong:
            said = {"error": "invalid", "field": wrong.field}
            return JsonResponse(said | ({"reason": wrong.reason} if wrong.reason else {}), status=422)
        except Refused as refused:
            told = getattr(refused, "told", {})
            return JsonResponse({"error": "refused", "reason": str(refused), **told}, status=409)

    return answered


def body_of(request) -> dict[str, Any]:
    try:
        said = plain_json.read(request.body) if len(request.body) <= LONGEST_BODY else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Wrong("body")
    return said


def only(said: dict, known: Iterable[str]) -> dict:
    """What nobody knows is a mistake: a word that was mistyped would be lost without one."""
    for name in said:
        if name not in known:
            raise Wrong(str(name)[:60])
    return said


def text(field: str, value: Any, most: int) -> str:
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        raise Wrong(field)
    return value


def one_of(field: str, value: Any, known: Iterable[str]) -> str:
    if value not in known:
        raise Wrong(field)
    return value


def row_of(field: str, value: Any, rows: models.QuerySet) -> Any:
    """The row with this id, of those who may be named; another workspace's is none."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise Wrong(field)
    found = rows.filter(pk=value).first()
    if found is None:
        raise Wrong(field)
    return found


def number_in(request, field: str) -> int:
    """A number in the address; 0 where there is none."""
    value = request.GET.get(field, "")
    if value and not whole(value):
        raise Wrong(field)
    return whole(value)


def word_in(request, field: str) -> str:
    return request.GET.get(field, "").replace("\0", "").strip()[:320]


def in_words(refused: ValidationError) -> str:
    return " ".join(refused.messages)
