"""What views and rules may ask about how content the customer was (VW-3), of a conversation and of a ticket."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from chatflows.models import SurveyAnswer
from chatflows.satisfaction import in_words
from chatflows.surveys.words import labels
from conversations.conditions import CHOICE, YES_NO, Asked, Extra, Field
from conversations.models import Conversation
from tickets.models import Ticket
from workspaces.models import Member
from workspaces.scope import current_workspace_id


def _answer(**found) -> Q:
    return Q(Exists(SurveyAnswer.objects.filter(conversation=OuterRef("pk"), **found)))


def _score(op: str, value: list[str], asked: Asked) -> Q:
    found = _answer(score__in=[int(one) for one in value if one in "12345"])
    return ~found if op == "is_not" else found


def _said(op: str, value: None, asked: Asked) -> Q:
    found = _answer(score__isnull=False)
    return ~found if op == "no" else found


def _commented(op: str, value: None, asked: Asked) -> Q:
    found = _answer(comment__gt="")
    return ~found if op == "no" else found


EXTRAS = (
    Extra(
        Field("rating", CHOICE, _score, "ratings"),
        _("How content they were"),
        lambda member: [(str(score), label) for score, label in labels()],
    ),
    Extra(Field("rating_given", YES_NO, _said), _("They said how content they were")),
    Extra(Field("rating_comment", YES_NO, _commented), _("They said why")),
)

# ── Of tickets ──
# The last vote about those of its conversations that whoever looks may read. A rule looks for the workspace: at all.


def _votes(member: Member | None) -> QuerySet[SurveyAnswer]:
    votes = SurveyAnswer.objects.exclude(score=None)
    return votes.filter(conversation__in=Conversation.objects.visible_to(member)) if member else votes


def _who(asked: Asked) -> Member | None:
    return Member.objects.filter(pk=asked.member_id, workspace=current_workspace_id()).first()


def _of_ticket(op: str, value: list[str], asked: Asked) -> Q:
    votes = _votes(_who(asked)).filter(conversation__ticket_tie__ticket=OuterRef("pk"))
    last = votes.order_by("-answered_at", "-pk").values("score")[:1]
    scores = [int(one) for one in value if one in "12345"]
    found = Q(Exists(Ticket.objects.alias(vote=Subquery(last)).filter(pk=OuterRef("pk"), vote__in=scores)))
    return ~found if op == "is_not" else found


def _voted(op: str, value: None, asked: Asked) -> Q:
    found = Q(Exists(_votes(_who(asked)).filter(conversation__ticket_tie__ticket=OuterRef("pk"))))
    return ~found if op == "no" else found


def marks(tickets: Sequence[Ticket], member: Member) -> dict[int, dict]:
    """{ticket: {"vote": 5, "vote_words": "5 of 5"}} for a page of the table that a member looks at, with one query."""
    ties = "conversation__ticket_tie__ticket"
    votes = _votes(member).filter(**{f"{ties}__in": [ticket.pk for ticket in tickets]})
    rows = votes.order_by("answered_at", "pk").values_list(ties, "score")
    return {pk: {"vote": score, "vote_words": in_words(score)} for pk, score in rows}


OF_TICKETS = (
    Extra(
        Field("vote", CHOICE, _of_ticket, "ratings"),
        _("How content they were"),
        lambda member: [(str(score), label) for score, label in labels()],
    ),
    Extra(Field("vote_given", YES_NO, _voted), _("They said how content they were")),
)
