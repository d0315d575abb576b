"""The page behind a letter's link. Looking at it changes nothing, for programs look at the links of every mail: a person presses
the button, and what they said stands. Every wrong, old or foreign link gets one and the same answer.
"""

from django.http import HttpResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from channels_app.email.sender import company_of
from chatflows import satisfaction
from chatflows.models import SurveyAnswer
from chatflows.surveys import links
from chatflows.surveys.wishes import Wish, wish_of
from chatflows.surveys.words import labels
from chatflows.widget import limits
from chatflows.widget.config import choose_language
from chatflows.widget.door import turn_away
from workspaces import signed_links
from workspaces.access import visitor
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

# Generous: an office is one address, and the scanners of its mail look at every link first.
BY_ADDRESS = limits.Rate("survey-ip", 120, limits.MINUTE, 60)


@visitor
@csrf_exempt  # the signed link is all the authority there is: no cookie lends any to another site
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request, signed):
    try:
        limits.take(BY_ADDRESS, limits.block_of(request.META.get("REMOTE_ADDR", "")))
    except limits.Limited as no:
        return turn_away(no)
    named = links.read(signed)
    house = Workspace.objects.filter(pk=named[0], suspended_at=None).first() if named else None
    if named is None or house is None:
        return _over(request)
    with workspace_scope(house):
        answer = _find(named[1])
        if answer is None:
            return _over(request)
        channel = answer.conversation.channel
        with translation.override(choose_language(channel, answer.conversation.language)):
            return _vote(request, answer) if request.method == "POST" else _page(request, answer)


def _find(pk: int) -> SurveyAnswer | None:
    rows = SurveyAnswer.objects.select_related(
        "conversation__channel__inbox", "conversation__channel__workspace"
    )
    answer = rows.filter(pk=pk).first()
    return answer if answer and (answer.score is not None or satisfaction.may_vote(answer)) else None


def _vote(request, answer: SurveyAnswer) -> HttpResponse:
    score = request.POST.get("score", "")
    if score not in map(str, satisfaction.SCORES):
        return _page(request, answer, wrong=True)
    comment = request.POST.get("comment", "")[: satisfaction.MOST_COMMENT]
    return _page(request, satisfaction.vote(answer.conversation, int(score), comment))


def _page(request, answer: SurveyAnswer, *, wrong: bool = False) -> HttpResponse:
    wish: Wish = wish_of(answer.conversation.channel)
    given = request.POST if request.method == "POST" else request.GET
    chosen = given.get("score", "")
    context = {
        "company": company_of(answer.conversation.channel),
        "answer": answer,
        "question": wish.question_words,
        "thanks": wish.thanks_words,
        "choices": [(score, label, chosen == str(score)) for score, label in labels()],
        "said": dict(labels()).get(answer.score, ""),
        # Whoever comes back, or answers otherwise, is told that the first answer stands.
        "before": request.method != "POST" or given.get("score") != str(answer.score),
        "comment": request.POST.get("comment", ""),
        "longest": satisfaction.MOST_COMMENT,
        "wrong": wrong,
    }
    return signed_links.show(request, "chatflows/rate.html", context, 422 if wrong else 200)


def _over(request) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        return signed_links.show(request, "chatflows/rate_over.html", {}, 410)
