"""Who gets what begins with a chatflow (LC-4). No part of its versions: it holds as soon as it is saved."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chatflows.views import builder
from chatflows.views.beside import routing_of
from chatflows.views.list import load, managed


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def routing(request, flow_pk):
    flow = load(flow_pk)
    part = routing_of(flow, request.POST if request.method == "POST" else None)
    is_beside = request.POST.get("beside") == "1"
    if request.method == "POST" and not part.is_refused:
        part.context["form"].write(flow)
        return _saved(request, flow, is_beside)
    if is_beside:
        return builder.beside(request, flow.pk, "routing", part)
    context = {"flow": flow, "tab": "routing"} | part.context
    return render(request, "chatflows/routing.html", context, status=422 if part.is_refused else 200)


def _saved(request, flow, is_beside: bool):
    at = [request.workspace.slug, flow.pk]
    if is_beside and request.htmx:
        return builder.beside(request, flow.pk, "routing")
    messages.success(request, _("Saved."))
    return redirect(
        f"{reverse('chatflows:builder', args=at)}?tab=routing"
        if is_beside
        else reverse("chatflows:routing", args=at)
    )
