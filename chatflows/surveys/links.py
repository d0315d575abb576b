"""What a letter's links and a message's buttons carry: which question of which workspace, signed by us."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from chatflows.models import SurveyAnswer

SALT = "parley.survey"
LONGEST = 200


def sign(answer: SurveyAnswer) -> str:
    return signing.Signer(salt=SALT).sign(f"{answer.workspace_id}.{answer.pk}")


def read(signed: str) -> tuple[int, int] | None:
    """(workspace, question), or None for what we did not write."""
    if len(signed) > LONGEST:
        return None
    try:
        workspace, pk = map(int, signing.Signer(salt=SALT).unsign(signed).split("."))
    except (signing.BadSignature, ValueError):
        return None
    return workspace, pk


def address_of(answer: SurveyAnswer) -> str:
    return settings.SITE_URL.rstrip("/") + reverse("widget:rate", args=[sign(answer)])
