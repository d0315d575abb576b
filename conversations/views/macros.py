"""Settings > Macros; and running one."""

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversations import deeds
from conversations import macros as verbs
from conversations.collision import news_for
from conversations.deeds import form as editor
from conversations.deeds.words import reply_id
from conversations.forms import ReplyForm
from conversations.forms_macros import MacroForm
from conversations.models import Conversation, Macro, ScheduledReply, Status
from conversations.queries.letters import held_view
from conversations.views.done import done, refused
from conversations.views.pages import load_to_work
from workspaces.access import allowed
from workspaces.guarded import changed_since, marks_of
from workspaces.permissions import Permission

works = allowed(Permission.WORK)
SALT = "parley.macro"
PLAIN = ("name", "shortcut", "folder")


@require_safe
@works
def macros(request):
    rows = list(Macro.objects.usable_by(request.member).order_by("folder", "name", "pk"))
    mine = set(Macro.objects.editable_by(request.member).values_list("pk", flat=True))
    told = deeds.describe_all(row.deeds for row in rows)
    shown = [{"row": row, "says": says} for row, says in zip(rows, told, strict=True)]
    return render(request, "conversations/macros.html", {"macros": shown, "editable": mine})


@require_http_methods(["GET", "HEAD", "POST"])
@works
def macro_new(request):
    return _edit(request, Macro())


@require_http_methods(["GET", "HEAD", "POST"])
@works
def macro(request, macro_pk):
    return _edit(request, get_object_or_404(Macro.objects.editable_by(request.member), pk=macro_pk))


@require_POST
@works
def macro_delete(request, macro_pk):
    row = get_object_or_404(Macro.objects.editable_by(request.member), pk=macro_pk)
    verbs.delete_macro(row)
    messages.success(request, _("Removed."))
    return redirect("conversations:macros", request.workspace.slug)


def _edit(request, row: Macro) -> HttpResponse:
    if request.method != "POST":
        form = MacroForm(instance=row, by=request.member)
        return _page(request, row, form, row.deeds or [{"do": editor.FIRST}])
    raw = editor.raw_from(request.POST)
    if editor.is_pressed(request.POST) or _only_changed(request):
        # It changed its shape only: nothing is said of fields that are not filled yet.
        typed = {name: request.POST.get(name, "") for name in (*PLAIN, "shared")}
        return _page(request, row, MacroForm(initial=typed, instance=row, by=request.member), raw)
    form = MacroForm(request.POST, instance=row, by=request.member)
    error = _save(request, row, form, raw)
    if error is not None:
        return _page(request, row, form, raw, error, 422)
    messages.success(request, _("Saved."))
    url = reverse("conversations:macros", args=[request.workspace.slug])
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)


def _only_changed(request) -> bool:
    """A choice that changes the lines sends the form by itself, without any button."""
    return bool(request.htmx) and "save" not in request.POST


def _save(request, row: Macro, form: MacroForm, raw: list[dict]) -> str | None:
    """None when it is kept; else what is wrong with its deeds, "" when that is said at the fields."""
    before = None if row._state.adding else verbs.told_of(Macro.objects.get(pk=row.pk))
    if before and changed_since(request.POST.get("deeds_seen", ""), {"deeds": before["deeds"]}):
        form.is_valid()
        return _("Somebody changed what this macro does meanwhile. Open it again to see it.")
    try:
        cleaned = deeds.clean(raw, by=request.member)
    except ValidationError as mistake:
        form.is_valid()
        return " ".join(mistake.messages)
    if not form.is_valid():
        return ""
    verbs.save_macro(form.save(commit=False), cleaned, before=before)
    return None


def _page(request, row: Macro, form, raw: list[dict], error: str = "", status: int = 200) -> HttpResponse:
    slug = request.workspace.slug
    url = (
        reverse("conversations:macro", args=[slug, row.pk])
        if row.pk
        else reverse("conversations:macro_new", args=[slug])
    )
    context = {"form": form, "macro": row, "error": error, "url": url, "says": _says(raw, request.member)}
    context |= editor.editor_of(raw, request.member)
    template = "conversations/_macro.html" if request.htmx else "conversations/macro.html"
    context["seen"] = request.POST.get("seen") or form.seen_value
    context["deeds_seen"] = request.POST.get("deeds_seen") or marks_of({"deeds": row.deeds})
    return render(request, template, context, status=status)


def _says(raw: list[dict], member) -> list[str]:
    """The preview: what of it makes sense already, in words."""
    says = []
    for deed in raw:
        try:
            says.append(deeds.describe(deeds.clean_one(deed, by=member)))
        except ValidationError:
            continue
    return says


# ── Running ──


@require_POST
@works
def macro_run(request, pk, macro_pk):
    conversation = load_to_work(request, pk)
    row = get_object_or_404(Macro.objects.usable_by(request.member), pk=macro_pk)
    before = verbs.snapshot(row, conversation)
    if _is_news(request, row, conversation, before["key"]):
        return refused(_("Something new was written here since you began. Read it, then choose again."))
    ran = verbs.run(row, conversation, by=request.member, before=before)
    state = signing.dumps(ran.before | {"conversation": pk}, salt=SALT, compress=True)
    undo = (reverse("conversations:macro_undo", args=[request.workspace.slug, pk, row.pk]), {"state": state})
    answer = done(
        request, pk, say=verbs.in_words(row, ran), undo=undo, leaves=_leaves(conversation.pk, before)
    )
    if request.htmx and ran.held:
        held = ScheduledReply.objects.select_related("member", "conversation").get(pk=ran.held)
        answer.write(_held(request, held))
    return answer


def _held(request, held: ScheduledReply) -> bytes:
    context = {"held": held_view(held, request.workspace.slug)}
    return render(request, "conversations/_held.html", context).content


def _is_news(request, row: Macro, conversation: Conversation, key: str) -> bool:
    """CO-3 holds for what a macro sends, too: what the writer has not seen keeps it back."""
    if not any(deed["do"] == "reply" for deed in row.deeds):
        return False
    form = ReplyForm(request.POST, has_files=True)
    form.is_valid()
    knew = form.knew() if "began" in request.POST and form.cleaned_data.get("began") is not None else None
    return bool(
        knew and news_for(conversation, by=request.member, known=knew, client_id=reply_id(conversation, key))
    )


def _leaves(pk: int, before: dict) -> str:
    status = Conversation.objects.values_list("status", flat=True).get(pk=pk)
    return status if status != before["status"][0] and status != Status.OPEN else ""


@require_POST
@works
def macro_undo(request, pk, macro_pk):
    conversation = load_to_work(request, pk)
    row = get_object_or_404(Macro.objects.usable_by(request.member), pk=macro_pk)
    try:
        before = signing.loads(request.POST.get("state", ""), salt=SALT, max_age=verbs.UNDO_WITHIN)
    except signing.BadSignature:
        return refused(_("This could not be taken back."))
    if before.pop("conversation") != pk or not before["key"].startswith(f"macro:{row.pk}:"):
        return refused(_("This could not be taken back."))
    kept = verbs.take_back(row, conversation, before, by=request.member)
    goto = reverse("conversations:open", args=[request.workspace.slug, pk]) if kept else ""
    return done(request, pk, say=_("Taken back."), goto=goto)
