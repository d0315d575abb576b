"""Facts as rows: the same for files and for programs."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from analytics import where
from analytics.models import Fact, Kind
from analytics.scope import Scope

FIELDS = (
    "subject", "subject_id", "kind", "at", "seconds", "worked", "value", "inbox_id", "channel_id", "channel_kind",
    "team_id", "member_id", "chatflow_id", "version_id", "country", "priority", "page", "source", "pipeline_id",
    "labels",
)  # fmt: skip
SUBJECTS = {"c": "conversation", "t": "ticket"}


def facts_of(scope: Scope, kinds: Sequence[str] = ()) -> QuerySet[Fact]:
    """Every fact of a scope, by the clauses of the reports."""
    return where.facts_of(scope, list(kinds) or Kind.values)


def as_dict(fact: Fact) -> dict[str, Any]:
    """None where there is nothing; moments in UTC."""
    told = {name: getattr(fact, name) for name in FIELDS}
    told |= {name: told[name] or None for name in FIELDS if name.endswith("_id")}
    return told | {"subject": SUBJECTS[fact.subject], "labels": list(fact.labels)}


def as_row(fact: Fact) -> list:
    told = as_dict(fact)
    told |= {"at": fact.at.isoformat(), "labels": " ".join(str(one) for one in fact.labels)}
    return [told[name] for name in FIELDS]
