"""Settings > Security: how everybody here signs in."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workspaces import actions, queries
from workspaces.forms_security import SecurityForm
from workspaces.models import Workspace
from workspaces.refusals import Refused
from workspaces.views.people import manages, proven


@require_http_methods(["GET", "POST"])
@manages
def security(request):
    if request.method == "GET":
        return _render(request, _form(request.workspace))
    proven(request)
    workspace = Workspace.objects.select_for_update().get(pk=request.workspace.pk)
    form = _form(workspace, request.POST)
    if form.is_valid():
        try:
            actions.require_two_steps(workspace, form.cleaned_data["two_steps"], by=request.member)
        except Refused as refusal:
            form.add_error("two_steps", refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("workspaces:security", workspace.slug)
    return _render(request, form, status=422)


def _form(workspace: Workspace, data=None) -> SecurityForm:
    stored = {"two_steps": workspace.two_step_required_at is not None}
    return SecurityForm(data, initial=stored, target=workspace)


def _render(request, form: SecurityForm, status: int = 200):
    people = queries.people(request.workspace, request.member)
    context = {"form": form, "without": [row.member for row in people if not row.member.two_steps]}
    return render(request, "workspaces/security.html", context, status=status)
