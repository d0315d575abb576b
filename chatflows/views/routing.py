"""Who gets what begins with a chatflow (LC-4). No part of its versions: it holds as soon as it is saved."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chatflows.forms_routing import FlowRoutingForm
from chatflows.views.list import load, managed


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def routing(request, flow_pk):
    flow = load(flow_pk)
    form = FlowRoutingForm.of_flow(flow, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        form.write(flow)
        messages.success(request, _("Saved."))
        return redirect("chatflows:routing", request.workspace.slug, flow.pk)
    context = {"flow": flow, "form": form, "tab": "routing"}
    return render(request, "chatflows/routing.html", context, status=422 if form.is_bound else 200)
