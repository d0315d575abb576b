"""What views and rules may ask about how content the customer was (VW-3)."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from chatflows.models import SurveyAnswer
from chatflows.surveys.words import labels
from conversations.conditions import CHOICE, YES_NO, Asked, Extra, Field


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
