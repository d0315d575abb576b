"""How a verb answers: the head of the thread as it stands now, what to say about it, and the way back."""

import json

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from conversations.fragments import header_html
from conversations.models import Conversation
from conversations.views.pages import last_view

HEADER = "X-Parley-Done"


def done(
    request, pk: int, *, say: str = "", undo: tuple[str, dict] | None = None, leaves: str = "", goto: str = ""
) -> HttpResponse:
    """To a script the head, with what it should do in a header; without one, back to the page.

    `undo` is an address to post to with its fields; `leaves` is the view it goes to, so that its row leaves every
    other one, or "reader" when only the reader leaves; `goto` is a page to open instead.
    """
    if not request.htmx:
        if goto or not leaves:
            return redirect(goto or reverse("conversations:open", args=[request.workspace.slug, pk]))
        return redirect("conversations:inbox", request.workspace.slug, last_view(request).key)
    told = {"say": say, "leaves": leaves, "goto": goto, "conversation": pk}
    if undo:
        told["undo"] = {"url": undo[0], "fields": undo[1]}
    visible = Conversation.objects.visible_to(request.member).select_related("assignee", "team").filter(pk=pk)
    conversation = visible.first()
    response = HttpResponse(header_html(conversation, request.workspace) if conversation else "")
    response[HEADER] = json.dumps(told)
    return response


def refused(words: str) -> HttpResponse:
    """422 with a sentence, which the page says as it is."""
    return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
