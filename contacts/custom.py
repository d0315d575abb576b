"""Properties that a workspace makes for itself: defined, checked, written. Values stand in JSON under the definition's key.

No index: a row policy lets none of JSON's operators use one, and each look is one row of a contact or conversation.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from contacts import custom_files
from contacts.history import note_changes
from contacts.models import About, Company, Contact, PropertyDefinition, Sort
from contacts.properties import BY_KEY
from workspaces.audit import note
from workspaces.models import Member
from workspaces.refusals import NameTaken, Refused
from workspaces.scope import current_workspace_id

MOST = 60
NO = ("no", "false", "off", "0")
NUMERALS = {ord(","): ".", **dict.fromkeys(map(ord, " \u202f\xa0"))}  # a number as people write it
TOLD = ("label", "sort", "options", "is_required", "in_sidebar", "position")


def definitions(about: str, *, sidebar: bool = False) -> list[PropertyDefinition]:
    """Those in use, in order."""
    found = PropertyDefinition.objects.filter(about=about, archived_at=None).order_by("position", "pk")
    return list(found.filter(in_sidebar=True) if sidebar else found)


def fillable(about: str) -> list[PropertyDefinition]:
    """Those that words can fill: an answer, a column of a file, a rule. A file is brought by somebody."""
    return [one for one in definitions(about) if one.sort != Sort.FILE]


def field_of(one: PropertyDefinition) -> forms.Field:
    """The form field that shows and checks a property."""
    asked = {"label": one.label, "required": one.is_required and one.sort != Sort.CHECK}
    choices = [(option, option) for option in one.options]
    match one.sort:
        case Sort.LONG:
            return forms.CharField(max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), **asked)
        case Sort.NUMBER:
            return forms.DecimalField(max_digits=18, decimal_places=6, **asked)
        case Sort.DATE:
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **asked)
        case Sort.CHOICE:
            return forms.ChoiceField(choices=[("", "–"), *choices], **asked)
        case Sort.MANY:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **asked)
        case Sort.MEMBER:
            return forms.ChoiceField(choices=lambda: [("", "–"), *people()], **asked)
        case Sort.CHECK:
            return forms.BooleanField(**asked)
        case Sort.URL:
            return forms.URLField(max_length=500, assume_scheme="https", **asked)
        case Sort.EMAIL:
            return forms.EmailField(max_length=254, **asked)
        case Sort.PHONE:
            return forms.CharField(max_length=40, validators=[_phone], **asked)
        case Sort.FILE:
            return custom_files.OwnFileField(**asked)
    return forms.CharField(max_length=300, **asked)


def people() -> list[tuple[str, str]]:
    """Who may be chosen where a property holds somebody of the team."""
    here = Member.objects.active().filter(workspace=current_workspace_id()).by_name()
    return [(str(member.pk), member.display_name) for member in here]


def _phone(value: str) -> None:
    BY_KEY["phone"].check(value)


class ValuesForm(forms.Form):
    """The properties of one thing, all or those beside a conversation. A value whose option is gone stays as long as nobody
    chooses another."""

    def __init__(self, *args, about: str, values: Mapping[str, Any], everything: bool = False, **kwargs):
        self.definitions = definitions(about, sidebar=not everything)
        self.title = About(about).label
        super().__init__(*args, prefix=about, **kwargs)
        for one in self.definitions:
            self.fields[one.key] = field_of(one)
            self.initial[one.key] = _shown_in_form(one, values.get(one.key))

    def values(self) -> dict[str, Any]:
        files = {one.key for one in self.definitions if one.sort == Sort.FILE}
        return {
            key: (value or None) if key in files else kept(value) for key, value in self.cleaned_data.items()
        }


def _shown_in_form(one: PropertyDefinition, value: Any) -> Any:
    if one.sort == Sort.NUMBER and value is not None:
        return int(value) if value == int(value) else value
    return date.fromisoformat(value) if one.sort == Sort.DATE and value else value


def kept(value: Any) -> Any:
    """A checked value as JSON holds it; a file that was brought stays one until `set_values` keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def from_answers(one: PropertyDefinition, answers: Sequence[str]) -> Any:
    """What somebody answered elsewhere, as the property holds it; None when it takes no such value."""
    if not any(answers) or one.sort == Sort.FILE:
        return None
    try:
        return kept(field_of(one).clean(as_typed(one, answers)))
    except ValidationError:
        return None


def as_typed(one: PropertyDefinition, words: Sequence[str]) -> Any:
    """What its form field reads, of words as people write them: "no", "1 200,5"."""
    if one.sort == Sort.MANY:
        return list(words)
    word = words[0] if words else ""
    if one.sort == Sort.CHECK:
        return word.strip().lower() not in {"", *NO, _("No").lower()}
    return word.translate(NUMERALS) if one.sort == Sort.NUMBER else word


def answered(about: str, answers: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Those of what was answered, by key, that are properties of this, each as it is kept."""
    own = definitions(about) if answers else []
    values = {one.key: from_answers(one, answers[one.key]) for one in own if one.key in answers}
    return {key: value for key, value in values.items() if value is not None}


def set_values(row: models.Model, values: Mapping[str, Any], *, how: str = "") -> None:
    """Write values beside those of other properties; what is empty is forgotten. `row` has a field `custom`."""
    row = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    before, merged = row.custom, {**row.custom, **custom_files.settled(row, values)}
    row.custom = {key: value for key, value in merged.items() if value not in (None, "", [])}
    row.save(update_fields=["custom"])
    if isinstance(row, (Contact, Company)):
        note_changes(row, before, row.custom, how=how)


def in_words(one: PropertyDefinition, value: Any) -> str:
    if value in (None, "", []):
        return ""
    if one.sort == Sort.MEMBER:
        found = Member.objects.filter(workspace=current_workspace_id(), pk=value).first()
        return found.display_name if found else ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if one.sort == Sort.DATE:
        return formats.date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    if one.sort == Sort.NUMBER:
        return formats.number_format(int(value) if value == int(value) else value)
    if isinstance(value, dict):
        return str(value.get("name", ""))
    return ", ".join(value) if isinstance(value, list) else str(value)


# ── Definitions ──


def _told(one: PropertyDefinition) -> dict:
    return {name: getattr(one, name) for name in TOLD}


@transaction.atomic
def define(*, about: str, sort: str, **settings: Any) -> PropertyDefinition:
    """Make a property. Raises NameTaken, or Refused when there are as many as there may be."""
    if PropertyDefinition.objects.filter(about=about).count() >= MOST:
        raise Refused
    one = _saved(PropertyDefinition(about=about, sort=sort, **settings))
    note("property.created", one, after=_told(one))
    return one


@transaction.atomic
def redefine(one: PropertyDefinition, **settings: Any) -> PropertyDefinition:
    """Change everything but what it is about and what it holds."""
    before = _told(one)
    for name, value in settings.items():
        setattr(one, name, value)
    _saved(one)
    note("property.changed", one, before=before, after=_told(one))
    return one


def _saved(one: PropertyDefinition) -> PropertyDefinition:
    try:
        with transaction.atomic():
            one.save()
    except IntegrityError:
        raise NameTaken from None
    return one


@transaction.atomic
def archive(one: PropertyDefinition, archived: bool) -> None:
    """Shown no longer; values stay, and come back with it."""
    if archived == (one.archived_at is not None):
        return
    one.archived_at = timezone.now() if archived else None
    one.save(update_fields=["archived_at"])
    note("property.archived" if archived else "property.restored", one)


def read_options(text: str) -> list[str]:
    """The lines of a list. Raises ValidationError."""
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(lines) > 100 or any(len(line) > 100 for line in lines):
        raise ValidationError(_("No more than 100 choices, of 100 characters each."))
    return lines


def known(about: Iterable[str]) -> list[PropertyDefinition]:
    found = PropertyDefinition.objects.filter(about__in=about, archived_at=None)
    return list(found.order_by("about", "position", "pk"))
