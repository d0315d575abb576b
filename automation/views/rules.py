"""Settings > Rules: the list in its order, and the editor."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from automation import dryrun, forms, tasks, webhooks, words
from automation import rules as verbs
from automation.models import Rule
from automation.views.dry import shown as dry_shown
from workspaces.access import allowed
from workspaces.audit import last_change
from workspaces.guarded import FIELD, changed_since, marks_of
from workspaces.permissions import Permission

managed = allowed(Permission.MANAGE_INBOXES)
WEEK = timedelta(days=7)


@require_safe
@managed
def rules(request):
    week = Count("runs", filter=Q(runs__created_at__gt=timezone.now() - WEEK))
    rows = list(Rule.objects.annotate(last=Max("runs__created_at"), week=week).in_order())
    shown = [{"rule": rule, "short": short} for rule, short in zip(rows, words.short_all(rows), strict=True)]
    return render(request, "automation/rules.html", {"rows": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def rule_new(request):
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def rule(request, rule_pk):
    locked = Rule.objects.select_for_update(of=("self",)) if request.method == "POST" else Rule.objects
    return _edit(request, get_object_or_404(locked, pk=rule_pk))


@require_POST
@managed
def switch(request, rule_pk):
    row = verbs.switch(_load(rule_pk), on=request.POST.get("on") == "1")
    messages.success(request, _("The rule is on.") if row.is_on() else _("The rule is off."))
    return _to_list(request)


@require_POST
@managed
def place(request, rule_pk):
    """One up, one down, or (dragged) to a place."""
    row = _load(rule_pk)
    order = list(Rule.objects.in_order().values_list("pk", flat=True))
    to = request.POST.get("to", "")
    if to.isdecimal() and len(to) < 4:
        verbs.put_at(row, int(to))
    else:
        verbs.put_at(row, order.index(row.pk) + (1 if to == "down" else -1))
    return _to_list(request)


@require_POST
@managed
def removal(request, rule_pk):
    verbs.remove(_load(rule_pk))
    messages.success(request, _("Removed."))
    return _to_list(request)


def _load(pk: int) -> Rule:
    return get_object_or_404(Rule.objects.select_for_update(of=("self",)), pk=pk)


def _to_list(request):
    return redirect("automation:rules", request.workspace.slug)


def _edit(request, row: Rule | None):
    """Every button sends the whole form, with and without a script; `save` keeps it, `try` looks back thirty days."""
    is_post = request.method == "POST"
    raw = forms.typed(request.POST) if is_post else forms.start_from(row)
    error, dry = "", None
    try:
        if is_post and "try" in request.POST:
            dry = _try(request, raw)
        elif is_post and _is_saved(request):
            _refuse_what_others_changed(request, row)
            saved = verbs.save_rule(row, **forms.values_of(raw), by=request.member)
            return _saved(request, saved, is_new=row is None)
    except ValidationError as refused:
        error = " ".join(refused.messages)
    context = forms.editor_of(raw, request.member) | {"rule": row, "error": error, "url": request.path}
    context["form"] = {"seen": _seen(row), "prefix": "rule"}
    context["secret"] = webhooks.secret_of(row) if row and webhooks.is_called_by(row) else ""
    context["dry"] = dry and dry_shown(dry, request.member)
    if request.htmx:  # which shows nothing that came with a refusal
        return render(request, "automation/_rule.html", context)
    return render(request, "automation/rule.html", context, status=422 if error else 200)


def _is_saved(request) -> bool:
    """The bar's button has no name; choices that change the form's shape send it by htmx, in their own name."""
    return "do" not in request.POST and (not request.htmx or request.htmx.trigger in (None, "rule-form"))


def _seen(row: Rule | None):
    values = verbs.told_of(row) if row else {}
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, marks_of(values))


def _refuse_what_others_changed(request, row: Rule | None) -> None:
    if row is None or not changed_since(request.POST.get(FIELD, ""), verbs.told_of(row)):
        return
    change = last_change(row)
    name = change.member_name if change and change.member_name else _("Somebody")
    told = _("%(name)s changed this rule meanwhile: “%(rule)s”. Save again to keep yours.")
    raise ValidationError(told % {"name": name, "rule": words.short(row)})


def _try(request, raw: dict):
    values = verbs.checked(**forms.values_of(raw))
    dry = dryrun.begin(
        member=request.member,
        trigger=values["trigger"],
        after=values["after"],
        conditions_=values["conditions"],
        deeds=values["deeds"],
    )
    if dry.finished_at is None:
        workspace_id, pk = request.workspace.pk, dry.pk
        transaction.on_commit(lambda: tasks.go_on.delay(workspace_id, pk), robust=True)
    return dry


def _saved(request, row: Rule, *, is_new: bool):
    messages.success(request, _("Saved. The rule is off until you switch it on.") if is_new else _("Saved."))
    shown = reverse("automation:rules", args=[request.workspace.slug])
    return HttpResponse(headers={"HX-Redirect": shown}) if request.htmx else redirect(shown)
