"""Settings > Properties."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import custom
from contacts.forms import DefinitionForm, NewDefinitionForm
from contacts.models import PropertyDefinition
from workspaces.access import allowed
from workspaces.permissions import Permission
from workspaces.refusals import Refused

manages = allowed(Permission.MANAGE_WORKSPACE)


@require_safe
@manages
def definitions(request):
    return _list(request, NewDefinitionForm())


@require_POST
@manages
def define(request):
    form = NewDefinitionForm(request.POST)
    if form.is_valid():
        try:
            custom.define(**form.cleaned_data)
        except Refused as refusal:
            form.add_error("label", refusal.message)
        else:
            return redirect("contacts:definitions", request.workspace.slug)
    return _list(request, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def definition(request, definition_pk):
    rows = PropertyDefinition.objects.all()
    one = get_object_or_404(rows.select_for_update() if request.method == "POST" else rows, pk=definition_pk)
    typed = request.POST if request.method == "POST" else None
    form = DefinitionForm(typed, initial=DefinitionForm.values_of(one), target=one, sort=one.sort)
    if form.is_bound and form.is_valid():
        try:
            custom.redefine(one, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("label", refusal.message)
            one.refresh_from_db()
        else:
            messages.success(request, _("Saved."))
            return redirect("contacts:definitions", request.workspace.slug)
    context = {"definition": one, "form": form}
    return render(request, "contacts/definition.html", context, status=422 if form.is_bound else 200)


@require_POST
@manages
def archive(request, definition_pk):
    one = get_object_or_404(PropertyDefinition.objects.select_for_update(), pk=definition_pk)
    custom.archive(one, request.POST.get("archived") == "1")
    return redirect("contacts:definitions", request.workspace.slug)


def _list(request, form, status: int = 200):
    rows = list(PropertyDefinition.objects.order_by("about", "position", "pk"))
    return render(request, "contacts/definitions.html", {"definitions": rows, "form": form}, status=status)
