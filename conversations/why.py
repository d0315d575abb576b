"""Why a conversation is where it is: what the page "Why?" shows. Rooms above add sections of their own."""

from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.models import Conversation, Occasion, RoutingDecision
from inboxes.models import RoutingMode, RoutingRule, Strategy
from inboxes.routing.reasons import Not, Why
from workspaces.models import Member, Team

MOST = 20
OCCASIONS = {
    Occasion.STARTED: _("When it came in"),
    Occasion.REOPENED: _("When an answer opened it again"),
    Occasion.DRAINED: _("When somebody had room for what waited"),
    Occasion.UNANSWERED: _("When nobody had answered in time"),
    Occasion.HANDOVER: _("When a bot handed it over"),
}


@dataclass(frozen=True)
class Section:
    """A part of the page that somebody above fills: it is fetched from its own address."""

    title: str | Promise
    url: str


@dataclass(frozen=True)
class Attempt:
    """One decision in words."""

    pk: int
    at: datetime
    occasion: str | Promise
    chosen: Member | None
    reason: str
    rule: str
    asked: list[str] = field(default_factory=list)
    passed: list[tuple[Member, str]] = field(default_factory=list)


_sections: list[tuple[str | Promise, str]] = []


def register(title: str | Promise, address: str) -> None:
    """Add a section: its title, and the name of an address that takes workspace and conversation."""
    if (title, address) not in _sections:
        _sections.append((title, address))


def sections_of(conversation: Conversation, slug: str) -> list[Section]:
    return [Section(title, reverse(address, args=[slug, conversation.pk])) for title, address in _sections]


def attempts_of(conversation: Conversation) -> list[Attempt]:
    """Newest first. Three queries, whatever their number."""
    decisions = list(
        RoutingDecision.objects.filter(conversation=conversation)
        .select_related("chosen", "rule__channel")
        .order_by("-created_at", "-pk")[:MOST]
    )
    people = Member.objects.filter(
        workspace=conversation.workspace_id,
        pk__in={one["member"] for decision in decisions for one in decision.passed},
    ).in_bulk()
    teams = Team.objects.in_bulk({pk for decision in decisions for pk in decision.rule_then.get("teams", [])})
    return [_attempt(decision, people, teams) for decision in decisions]


def _attempt(decision: RoutingDecision, people: dict[int, Member], teams: dict[int, Team]) -> Attempt:
    return Attempt(
        pk=decision.pk,
        at=decision.created_at,
        occasion=OCCASIONS[Occasion(decision.occasion)],
        chosen=decision.chosen,
        reason=_word(Why, decision.reason),
        rule=_name_of(decision.rule) if decision.rule else "",
        asked=_asked(decision.rule_then, teams),
        passed=[
            (people[one["member"]], _word(Not, one["reason"]))
            for one in decision.passed
            if one["member"] in people
        ],
    )


def _name_of(rule: RoutingRule) -> str:
    """Which rule it was: a chatflow's comes before that of its channel."""
    if rule.chatflow:
        return gettext("Chatflow “%(name)s”") % {"name": rule.name}
    return (
        gettext("Channel “%(name)s”") % {"name": rule.channel.name}
        if rule.channel
        else gettext("A step of a bot")
    )


def _asked(then: dict, teams: dict[int, Team]) -> list[str]:
    """What the rule said at that time."""
    asked = [_word(RoutingMode, then.get("mode", ""))]
    if then.get("mode") == RoutingMode.PEOPLE:
        asked.append(_word(Strategy, then.get("strategy", "")))
    asked += [teams[pk].name for pk in then.get("teams", []) if pk in teams]
    asked += [then["language"]] if then.get("language") else []
    return [word for word in [*asked, *then.get("skills", [])] if word]


def _word(words, value: str) -> str:
    return str(words(value).label) if value in words.values else ""
