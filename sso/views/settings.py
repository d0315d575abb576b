"""Settings > Security > Single sign-on."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sso import protocol
from sso.actions import set_provider, values_of
from sso.clients import redirect_uri
from sso.forms import ProviderForm
from sso.models import Provider
from workspaces.access import allowed
from workspaces.mail import on_site
from workspaces.models import Workspace
from workspaces.permissions import Permission
from workspaces.scope import workspace_scope
from workspaces.views.people import proven


@require_http_methods(["GET", "POST"])
@allowed(Permission.MANAGE_WORKSPACE, scoped=False)
def settings_page(request):
    """The provider is asked before anything is kept, outside every transaction."""
    if request.method == "POST":
        proven(request)
        trouble = _trouble_with(request.POST.get("issuer", "").strip(), on="on" in request.POST)
    with workspace_scope(request.workspace):
        if request.method == "GET":
            return _render(request, _form(request.workspace))
        workspace = Workspace.objects.select_for_update().get(pk=request.workspace.pk)
        form = _form(workspace, request.POST)
        if trouble and "issuer" not in form.errors:
            form.add_error("issuer", trouble)
        if not form.is_valid():
            return _render(request, form, status=422)
        set_provider(workspace, form.cleaned_data, by=request.member)
        messages.success(request, _("Saved."))
        return redirect("sso:settings", workspace.slug)


def _trouble_with(issuer: str, *, on: bool) -> str:
    if not on or not issuer:
        return ""
    try:
        protocol.metadata_of(issuer, fresh=True)
    except protocol.Unreachable as error:
        return _("Nothing answers there as a provider does (%(why)s).") % {"why": error}
    except protocol.Refused:
        return _(
            "The provider there writes its own address differently. Copy it from its settings, to the letter."
        )
    return ""


def _form(workspace: Workspace, data=None) -> ProviderForm:
    provider = Provider.objects.first()
    return ProviderForm(
        data,
        initial=values_of(workspace, provider),
        target=provider,
        workspace=workspace,
        secret_for=provider.issuer if provider and provider.sealed_secret else "",
    )


def _render(request, form: ProviderForm, status: int = 200):
    slug = request.workspace.slug
    context = {
        "form": form,
        "redirect_uri": redirect_uri(slug),
        "door": on_site(f"/sso/{slug}/") if request.workspace.sso_domains else "",
    }
    return render(request, "sso/settings.html", context, status=status)
