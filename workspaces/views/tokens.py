"""Settings > Keys for programs, and the first address of the public API."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workspaces import tokens as keys
from workspaces.access import allowed
from workspaces.forms_security import TokenForm
from workspaces.models import ApiToken
from workspaces.permissions import Permission
from workspaces.refusals import Refused
from workspaces.views.people import proven

uses_api = allowed(Permission.USE_API)


@require_http_methods(["GET", "POST"])
@uses_api
def tokens(request):
    """One's own keys; POST makes one and shows it this once."""
    if request.method == "GET":
        return _render(request, TokenForm(member=request.member))
    proven(request)
    form = TokenForm(request.POST, member=request.member)
    if form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("name", "scopes")}
        try:
            _row, key = keys.make_token(request.member, **told, days=form.lasts())
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            return _render(request, TokenForm(member=request.member), key=key)
    return _render(request, form, status=422)


@require_POST
@uses_api
def revoke_token(request, pk):
    """One's own key; who manages people also revokes those of others."""
    rows = ApiToken.objects.filter(revoked_at=None)
    if not request.member.may(Permission.MANAGE_WORKSPACE):
        rows = rows.filter(member=request.member)
    keys.revoke_token(get_object_or_404(rows.select_related("member"), pk=pk), by=request.member)
    messages.success(request, _("The key opens nothing any more."))
    return redirect("workspaces:tokens", request.workspace.slug)


def _render(request, form: TokenForm, *, key: str = "", status: int = 200):
    rows = ApiToken.objects.filter(revoked_at=None).select_related("member").order_by("-created_at")
    mine = list(rows.filter(member=request.member))
    others = rows.exclude(member=request.member)[:200]
    context = {
        "form": form,
        "key": key,
        "mine": mine,
        "others": list(others) if request.member.may(Permission.MANAGE_WORKSPACE) else [],
    }
    return render(request, "workspaces/tokens.html", context, status=status)


@require_safe
@keys.with_token()
def me(request):
    """Whose key it is, and what it may."""
    token, member = request.token, request.token.member
    return JsonResponse(
        {
            "token": {"name": token.name, "expires_at": token.expires_at},
            "scopes": [scope for scope in token.scopes if member.may(scope)],
            "member": {"id": member.pk, "name": member.display_name, "role": member.role},
            "workspace": {
                "id": member.workspace_id,
                "name": member.workspace.name,
                "slug": member.workspace.slug,
            },
        }
    )
