"""Settings > Roles: what each role may do, and roles of one's own."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from workspaces import actions
from workspaces.forms_people import MatrixForm, OwnRoleForm, RoleNameForm
from workspaces.models import OwnRole
from workspaces.permissions import EDITABLE, GRANTS
from workspaces.refusals import Refused
from workspaces.views.people import manages


@require_http_methods(["GET", "POST"])
@manages
def roles(request):
    if request.method == "GET":
        return _render(request, _matrix(request))
    form = _matrix(request, request.POST)
    if form.is_valid():
        try:
            _save(request, form)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("workspaces:roles", request.workspace.slug)
    return _render(request, form, status=422)


@require_POST
@manages
def add_role(request):
    form = OwnRoleForm(request.POST, prefix="own")
    if form.is_valid():
        try:
            actions.add_role(form.cleaned_data["name"], base=form.cleaned_data["base"], by=request.member)
        except Refused as refusal:
            form.add_error("name", refusal.message)
        else:
            return redirect("workspaces:roles", request.workspace.slug)
    return _render(request, _matrix(request), own_form=form, status=422)


@require_POST
@manages
def rename_role(request, pk):
    own = get_object_or_404(_added().select_for_update(of=("self",)), pk=pk)
    form = _name_form(own, request.POST)
    if form.is_valid():
        try:
            actions.rename_role(own, name=form.cleaned_data["name"], by=request.member)
        except Refused as refusal:
            form.add_error("name", refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("workspaces:roles", request.workspace.slug)
    return _render(request, _matrix(request), name_form=form, status=422)


@require_POST
@manages
def remove_role(request, pk):
    own = get_object_or_404(_added(), pk=pk)
    return _try(request, lambda: actions.remove_role(own, by=request.member))


def _added():
    return OwnRole.objects.exclude(name="")


def _name_form(own: OwnRole, data=None) -> RoleNameForm:
    return RoleNameForm(data, initial={"name": own.name}, target=own, prefix=f"name-{own.pk}")


def _matrix(request, data=None) -> MatrixForm:
    """The usual roles as they are here now, then the added ones."""
    rows = list(
        OwnRole.objects.select_for_update().order_by("name") if data else OwnRole.objects.order_by("name")
    )
    changed = {row.base: row.permissions for row in rows if not row.name}
    added = [row for row in rows if row.name]
    columns = [(str(key), key.label) for key in EDITABLE] + [(f"own-{row.pk}", row.name) for row in added]
    stored = {key: sorted(changed.get(key, GRANTS[key])) for key in map(str, EDITABLE)}
    stored |= {f"own-{row.pk}": sorted(row.permissions) for row in added}
    return MatrixForm(data, initial=stored, columns=columns)


def _save(request, form: MatrixForm) -> None:
    added = {f"own-{row.pk}": row for row in _added()}
    for key, _label in form.columns:
        actions.change_permissions(added.get(key, key), form.cleaned_data[key], by=request.member)


def _try(request, act):
    try:
        act()
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Saved."))
    return redirect("workspaces:roles", request.workspace.slug)


def _render(
    request,
    form: MatrixForm,
    *,
    own_form: OwnRoleForm | None = None,
    name_form: RoleNameForm | None = None,
    status: int = 200,
):
    """`name_form`: the one that was sent and has mistakes; the other lines are drawn anew."""
    lines = [(own, _name_form(own)) for own in _added().order_by("name")]
    if name_form and name_form.target:
        sent = name_form.target.pk
        lines = [(own, name_form if own.pk == sent else line) for own, line in lines]
    context = {"form": form, "added": lines, "own_form": own_form or OwnRoleForm(prefix="own")}
    return render(request, "workspaces/roles.html", context, status=status)
