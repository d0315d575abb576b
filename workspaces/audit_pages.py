"""The audit log as people look through it: narrowed, page by page, and as a sheet."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta

from channels.db import database_sync_to_async
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces import sheet
from workspaces.audit_words import THINGS, in_words
from workspaces.models import AuditEntry, Member
from workspaces.numbers import LAST_YEAR
from workspaces.scope import workspace_scope

PAGE, SHEET_PAGE = 50, 1000
HEAD = [
    "number",
    "at",
    "member",
    "address",
    "user_agent",
    "action",
    "target",
    "target_name",
    "before",
    "after",
    "seal",
]


class LookForm(forms.Form):
    """Who, what and when."""

    who = forms.ChoiceField(label=_("Who"), required=False)
    what = forms.ChoiceField(label=_("What"), required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    target = forms.RegexField(r"^[a-z_]+\.[a-z_]+:[0-9a-f-]{1,40}$", required=False, widget=forms.HiddenInput)

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        people = Member.objects.filter(workspace=workspace).by_name().values_list("pk", "display_name")
        self.fields["who"].choices = [("", _("Everybody")), *((str(pk), name) for pk, name in people)]
        things = sorted(((key, str(word)) for key, word in THINGS.items()), key=lambda pair: pair[1].lower())
        self.fields["what"].choices = [("", _("Everything")), *things]

    def condition(self) -> Q:
        """What is not understood narrows nothing."""
        chosen = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        found = Q()
        if chosen.get("who"):
            found &= Q(member_id=int(chosen["who"]))
        if chosen.get("what"):
            found &= Q(action__startswith=chosen["what"] + ".")
        if chosen.get("since"):
            found &= Q(at__gte=_midnight(chosen["since"]))
        if chosen.get("until") and chosen["until"].year <= LAST_YEAR:
            found &= Q(at__lt=_midnight(chosen["until"] + timedelta(days=1)))
        if chosen.get("target"):
            kind, _colon, pk = chosen["target"].partition(":")
            found &= Q(target_type=kind, target_id=pk)
        return found


def _midnight(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def page_of(condition: Q, before: int) -> tuple[list[AuditEntry], int]:
    """Newest first, older than `before`; and from where the next page goes on (0: there is none)."""
    rows = list(_older(condition, before)[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].number if len(rows) > PAGE else 0


def _older(condition: Q, before: int) -> QuerySet[AuditEntry]:
    found = AuditEntry.objects.filter(condition).order_by("-number")
    return found.filter(number__lt=before) if before else found


class Sheet:
    """The lines of the whole log, a thousand at a time: each in a scope of its own, since the request's is over."""

    def __init__(self, workspace_id: int, condition: Q):
        self.workspace_id, self.condition = workspace_id, condition

    async def __aiter__(self) -> AsyncIterator[str]:
        yield "\ufeff" + sheet.line(HEAD)
        before, read = 0, database_sync_to_async(self.read, thread_sensitive=False)
        while True:
            lines, before = await read(before)
            yield "".join(lines)
            if not before:
                return

    def read(self, before: int) -> tuple[list[str], int]:
        with workspace_scope(self.workspace_id):
            rows = list(_older(self.condition, before)[:SHEET_PAGE])
        return [sheet.line(_cells(row)) for row in rows], rows[-1].number if len(rows) == SHEET_PAGE else 0


def _cells(row: AuditEntry) -> list:
    target = f"{row.target_type}:{row.target_id}" if row.target_id else ""
    kept = [
        json.dumps(one, ensure_ascii=False, sort_keys=True) if one else "" for one in (row.before, row.after)
    ]
    at = row.at.astimezone(UTC).isoformat(timespec="seconds")
    return [
        row.number, at, row.member_name, row.address, row.user_agent, row.action, target, row.target_name, *kept, row.seal,
    ]  # fmt: skip


def shown(row: AuditEntry) -> dict:
    """An entry as the page draws it: {row, words, changes: [(what, before, after)]}."""
    keys = dict.fromkeys([*row.before, *row.after])
    changes = [(key, _text(row.before.get(key)), _text(row.after.get(key))) for key in keys]
    return {"row": row, "words": in_words(row.action), "changes": changes}


def _text(value) -> str:
    if value is None or value == "":
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
