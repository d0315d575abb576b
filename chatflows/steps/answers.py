"""Whether an answer fits: by the buttons that were offered, by what is expected. Pure."""

import re
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from chatflows import expressions
from chatflows.definition import Step
from chatflows.steps.parts import Reply

LONGEST = 5000
DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y")
AGAIN = "__again__"


class DoesNotFit(ValueError):
    """The answer is not of the sort that was asked for. `name` is that of the sentence that says so (chatflows/sentences.py)."""

    def __init__(self, name: str, **values: object):
        super().__init__(name)
        self.name, self.values = name, values


def chosen_of(replies: tuple[Reply, ...], text: str, values: list[str], *, many: bool) -> list[Reply]:
    """The replies an answer names: by the buttons' values, else by their words (BE-10)."""
    found = [one for one in replies if one.value in values]
    if not found:
        found = _by_words(replies, text, many=many)
    return found if many else found[:1]


def _by_words(replies: tuple[Reply, ...], text: str, *, many: bool) -> list[Reply]:
    whole = expressions.words(text)
    same = [one for one in replies if whole in (expressions.words(one.label), expressions.words(one.value))]
    if same or not many:
        return same
    parts = {expressions.words(part) for part in re.split(r"[,;\n]", text)} - {""}
    named = [one for one in replies if parts & {expressions.words(one.label), expressions.words(one.value)}]
    return named if len(named) == len(parts) else []


def sort_of(step: Step) -> str:
    """What an answer has to be."""
    return step["asks"] if step["asks"] in ("email", "phone") else step["answer"]


def checked(step: Step, text: str) -> str:
    """A typed answer in its clean form. Raises DoesNotFit."""
    text = text.strip()[:LONGEST]
    if not text:
        raise DoesNotFit("answer")
    value = CHECKS[sort_of(step)](text)
    _within(step, value)
    return value


def email(text: str) -> str:
    """The address in what was written, which may be a whole sentence around it."""
    found = re.search(r"[^\s<>\"',;:()]{1,64}@[^\s<>\"',;:()]{1,190}", text)
    address = (found[0] if found else text).rstrip(".!?").lower()
    try:
        validate_email(address)
    except ValidationError:
        raise DoesNotFit("email") from None
    return address


def _number(text: str) -> str:
    value = expressions.number(text)
    if value is None:
        raise DoesNotFit("number")
    return format(value, "f")


def day_in(text: str) -> date | None:
    for form in DAYS:
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    return None


def _date(text: str) -> str:
    value = day_in(text)
    if value is None:
        raise DoesNotFit("day")
    return value.isoformat()


def _phone(text: str) -> str:
    plain = " ".join(text.split())
    digits = sum(sign.isdigit() for sign in plain)
    if not 3 <= digits <= 20 or len(plain) > 40 or set(plain) - set("0123456789+-./() x#"):
        raise DoesNotFit("phone")
    return plain


def _url(text: str) -> str:
    url = text if "://" in text else f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        raise DoesNotFit("url") from None
    return url


CHECKS = {
    "text": lambda text: text,
    "email": email,
    "number": _number,
    "date": _date,
    "phone": _phone,
    "url": _url,
}


def _within(step: Step, value: str) -> None:
    """The smallest and greatest that are allowed: of numbers and days their value, of texts their length."""
    sort = sort_of(step)
    if sort not in ("number", "date", "text"):
        return
    measured = len(value) if sort == "text" else value
    for limit, op, name in (
        (step["least"], "ge", "least"),
        (step["greatest"], "le", "greatest"),
    ):
        readable = expressions.day(limit) if sort == "date" else expressions.number(limit)
        if limit and readable is not None and not expressions.compare(op, measured, limit):
            raise DoesNotFit(name, limit=limit)
