"""A chatflow leaves as a file and comes back from one."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chatflows import actions, export, lists
from chatflows.definition import Mistake, NotAFlow
from chatflows.views.builder import load, managed
from workspaces import plain_json

INDENTED = {"indent": 2, "ensure_ascii": False}


@require_safe
@managed
def export_flow(request, flow_pk):
    """The draft, with all that belongs to it."""
    bench = load(request, flow_pk)
    answer = JsonResponse(
        lists.file_named(export.written(bench.chatflow, bench.draft)), json_dumps_params=INDENTED
    )
    name = slugify(bench.chatflow.name) or "chatflow"
    answer["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer


@require_safe
@managed
def schema(request):
    return JsonResponse(export.schema(), json_dumps_params=INDENTED)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def import_flow(request, flow_pk):
    """Takes the place of the draft; what is published stays until somebody publishes."""
    bench = load(request, flow_pk, lock=request.method == "POST")
    mistakes: list[Mistake] = []
    if request.method == "POST":
        try:
            brought = export.brought(_read(request), bench.chatflow.kind)
        except NotAFlow as refused:
            mistakes = refused.mistakes
        else:
            definition = brought.flow.to_json() if brought.flow.steps else {}
            parts = {"definition": definition, **brought.parts}
            actions.save_draft(bench.chatflow, revision=bench.draft.revision, by=request.member, **parts)
            messages.success(request, _("The draft is what the file says."))
            if brought.left:
                messages.warning(request, _("Left out: %(what)s.") % {"what": ", ".join(brought.left)})
            return redirect("chatflows:builder", request.workspace.slug, bench.chatflow.pk)
    context = {"flow": bench.chatflow, "mistakes": mistakes, "text": request.POST.get("text", "")}
    return render(request, "chatflows/import.html", context, status=422 if mistakes else 200)


def _read(request):
    """The file, else what was pasted."""
    file = request.FILES.get("file")
    if file and file.size > export.LARGEST:
        raise NotAFlow([Mistake("", _("This file is too large."))])
    written = file.read() if file else request.POST.get("text", "")[: export.LARGEST]
    try:
        return plain_json.read(written)
    except ValueError as wrong:
        line = getattr(wrong, "lineno", 0)
        where = _("line %(n)s") % {"n": line} if line else ""
        raise NotAFlow([Mistake(where, _("This is not JSON."))]) from None
