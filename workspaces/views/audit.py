"""Settings > Audit log."""

from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from workspaces.access import allowed
from workspaces.audit import note
from workspaces.audit_pages import LookForm, Sheet, page_of, shown
from workspaces.permissions import Permission


@require_safe
@allowed(Permission.MANAGE_WORKSPACE)
def audit(request):
    form = LookForm(request.GET, workspace=request.workspace)
    condition = form.condition()
    before = request.GET.get("before", "")
    rows, more = page_of(condition, int(before) if before.isdecimal() and len(before) < 18 else 0)
    asked = request.GET.copy()
    asked.pop("before", None)
    context = {
        "form": form,
        "entries": [shown(row) for row in rows],
        "more": more,
        "asked": asked.urlencode(),
        "narrowed": bool(condition),
    }
    return render(request, "workspaces/audit.html", context)


@require_safe
@allowed(Permission.MANAGE_WORKSPACE)
def audit_sheet(request):
    """The same, whole, as a sheet; fetching it is an entry too."""
    condition = LookForm(request.GET, workspace=request.workspace).condition()
    note("export.downloaded", "audit.csv")
    response = StreamingHttpResponse(
        Sheet(request.workspace.pk, condition), content_type="text/csv; charset=utf-8"
    )
    name = f"audit-{request.workspace.slug}-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
