"""What a letter's links and a message's buttons carry: which question of which workspace, signed by us."""

from chatflows.models import SurveyAnswer
from workspaces import signed_links

SALT = "parley.survey"


def sign(answer: SurveyAnswer) -> str:
    return signed_links.sign(SALT, answer)


def read(signed: str) -> tuple[int, int] | None:
    """(workspace, question), or None for what we did not write."""
    return signed_links.read(SALT, signed)


def address_of(answer: SurveyAnswer) -> str:
    return signed_links.address_of(SALT, answer, "widget:rate")
