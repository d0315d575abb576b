"""What was filled in, checked against the form: pure, the same for a page, a plain POST and JSON."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.form.definition import LONGEST, Field, Form
from contacts.properties import BY_KEY
from conversations.files.kinds import PICTURES

MOST_FILES = 5
# What a file field may be limited to, by what the bytes say.
SORTS = {
    "pictures": gettext_lazy("Pictures"),
    "pdf": gettext_lazy("PDF"),
    "pictures_pdf": gettext_lazy("Pictures and PDF"),
}
PDF = "application/pdf"
MB = 1024 * 1024


@dataclass
class Checked:
    """`values` by key, each a list of strings; `shown` the fields whose condition holds; `errors` by key."""

    values: dict[str, list[str]] = field(default_factory=dict)
    shown: list[Field] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


def check(form: Form, given: Mapping[str, Sequence[str]], files: Mapping[str, int] | None = None) -> Checked:
    """Look at everything from the top: a field whose condition does not hold counts as not there, whatever was sent.

    `files` says how many files came for a key; whether each is acceptable is conversations.files' to say.
    """
    checked, files = Checked(), files or {}
    for one in form.fields:
        if one.shown_if and not one.shown_if.holds(checked.values.get(one.shown_if.field, [])):
            continue
        checked.shown.append(one)
        if one.kind == "file":
            error = _files(one, files.get(one.key, 0))
        else:
            # What nobody sees and nobody sent is as its maker left it.
            unsent = (one.value,) if one.kind == "hidden" else ()
            values = [_tidy(one, value) for value in given.get(one.key, unsent)]
            checked.values[one.key] = [value for value in values if value]
            error = _wrong(one, checked.values[one.key])
        if error:
            checked.errors[one.key] = error
    return checked


def _tidy(one: Field, value: str) -> str:
    value = value.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    return value if one.kind == "long" else " ".join(value.split())


def _files(one: Field, count: int) -> str:
    if count > MOST_FILES:
        return _("Send %(most)s files at most.") % {"most": MOST_FILES}
    return _("Attach a file.") if one.required and not count else ""


def accepted(one: Field) -> tuple[str, ...]:
    """The kinds of file that a field takes; () for all that a visitor may send."""
    if one.value not in SORTS:
        return ()
    pictures = tuple(PICTURES) if one.value.startswith("pictures") else ()
    return (*pictures, PDF) if one.value.endswith("pdf") else pictures


def unfit(one: Field, kind: str, size: int) -> str:
    """Why a file is none for this field, in words; "" when it is."""
    if (kinds := accepted(one)) and kind not in kinds:
        return _("Send one of these: %(sorts)s.") % {"sorts": SORTS[one.value]}
    most = _whole(one.most)
    return _("Send a file of %(most)s MB at most.") % {"most": most} if most and size > most * MB else ""


def _wrong(one: Field, values: list[str]) -> str:
    """Why these are no answer to a field, in words for who fills it in; "" when they are."""
    if not values:
        return _missing(one) if one.required else ""
    if one.kind != "many" and len(values) > 1:
        return _("Give one answer.")
    look = LOOK.get(one.kind)
    if look is None:
        return ""
    try:
        look(one, values)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _missing(one: Field) -> str:
    if one.kind in ("choice", "many"):
        return _("Choose an answer.")
    if one.kind in ("check", "consent"):
        return _("Tick this to go on.")
    return _("Fill this in.")


def _text(one: Field, values: list[str]) -> None:
    most = min(_whole(one.most) or LONGEST[one.kind], LONGEST[one.kind])
    if len(values[0]) > most:
        raise ValidationError(_("Use %(most)s characters at most.") % {"most": most})
    if len(values[0]) < (_whole(one.least) or 0):
        raise ValidationError(_("Use %(least)s characters at least.") % {"least": one.least})


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _email(_one: Field, values: list[str]) -> None:
    if len(values[0]) > LONGEST["email"]:
        raise ValidationError(_("This is too long."))
    try:
        validate_email(values[0])
    except ValidationError:
        raise ValidationError(_("This is not an email address, for example name@company.com.")) from None


def _phone(_one: Field, values: list[str]) -> None:
    BY_KEY["phone"].check(values[0])


def _number(one: Field, values: list[str]) -> None:
    number = number_of(values[0])
    if number is None:
        raise ValidationError(_("Write a number."))
    least, most = number_of(one.least), number_of(one.most)
    if least is not None and number < least:
        raise ValidationError(_("Not less than %(least)s.") % {"least": one.least})
    if most is not None and number > most:
        raise ValidationError(_("Not more than %(most)s.") % {"most": one.most})


def number_of(text: str) -> float | None:
    """A number as people write it, with a point or a comma; None for anything else."""
    if not text or len(text) > LONGEST["number"]:
        return None
    try:
        number = float(text.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _date(one: Field, values: list[str]) -> None:
    day = _day(values[0])
    if day is None:
        raise ValidationError(_("Write a date as year-month-day, for example 2026-03-31."))
    least, most = _day(one.least), _day(one.most)
    if least and day < least:
        raise ValidationError(_("Not before %(day)s.") % {"day": date_format(least, "SHORT_DATE_FORMAT")})
    if most and day > most:
        raise ValidationError(_("Not after %(day)s.") % {"day": date_format(most, "SHORT_DATE_FORMAT")})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _listed(one: Field, values: list[str]) -> None:
    if not set(values) <= set(one.options):
        raise ValidationError(_("Choose from the list."))


LOOK = {
    "text": _text,
    "long": _text,
    "hidden": _text,
    "email": _email,
    "phone": _phone,
    "number": _number,
    "date": _date,
    "choice": _listed,
    "many": _listed,
}


def in_words(one: Field, values: Sequence[str]) -> str:
    """An answer as the team reads it."""
    if one.kind in ("check", "consent"):
        return _("Yes") if any(values) else _("No")
    if one.kind == "date" and values and (day := _day(values[0])):
        return date_format(day, "DATE_FORMAT")
    return ", ".join(values)
