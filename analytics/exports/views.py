"""The page of files of facts: ask for one, see how far it is, fetch it."""

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from analytics.exports import work
from analytics.models import ExportState, FactsExport
from analytics.views.common import frame, read_filters
from workspaces.access import allowed
from workspaces.audit import note
from workspaces.permissions import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Permission.EXPORT)
def exports(request):
    """The filters of the reports choose what is in the file."""
    if not work.may_export(request.member):
        raise Http404
    filters, choices = read_filters(request)
    mistake = ""
    if request.method == "POST":
        try:
            scope = filters.scope
            work.ask(first=scope.first, last=scope.last, query=filters.query, by=request.member)
            return redirect("analytics:exports", request.workspace.slug)
        except ValidationError as error:
            mistake = error.messages[0]
    rows = FactsExport.objects.filter(member=request.member).order_by("-pk")[:10]
    context = frame(request, "exports", filters, choices) | {"rows": rows, "mistake": mistake}
    return render(request, "analytics/exports.html", context, status=422 if mistake else 200)


@require_safe
@allowed(Permission.EXPORT)
def export_file(request, pk):
    found = get_object_or_404(FactsExport, pk=pk, member=request.member, state=ExportState.DONE)
    if found.expires_at is None or found.expires_at <= timezone.now() or not found.path.exists():
        raise Http404
    note("facts_file.downloaded", f"export {found.pk}", after={"rows": found.rows})
    name = f"{request.workspace.slug}-facts-{found.first_day}-{found.last_day}.csv"
    return FileResponse(
        found.path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8"
    )
