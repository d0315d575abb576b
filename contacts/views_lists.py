"""Pages of lists: all of them, one with its rule, and those of a contact."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import list_marks, lists
from contacts.filters import LONGEST
from contacts.models import ContactList
from contacts.sight import sees_everybody
from contacts.views_record import load
from workspaces.access import allowed
from workspaces.permissions import Permission


@require_safe
@allowed(Permission.WORK)
def lists_page(request):
    rows = lists.with_sizes(
        list(ContactList.objects.select_related("maker").order_by("name")), request.member
    )
    return render(request, "contacts/lists.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@allowed(Permission.WORK)
def new_list(request):
    """By hand, or with ?kind=rule by a rule; what the page of contacts asks for now may be the rule's beginning."""
    by_rule = request.GET.get("kind") == "rule" and sees_everybody(request.member)
    return _edit(request, None, by_rule=by_rule)


@require_http_methods(["GET", "POST"])
@allowed(Permission.WORK)
def one_list(request, list_pk):
    one = get_object_or_404(ContactList.objects.select_related("maker"), pk=list_pk)
    if request.method == "POST" and not lists.may_change(one, request.member):
        raise Http404
    return _edit(request, one, by_rule=one.by_rule)


def _edit(request, one: ContactList | None, *, by_rule: bool):
    """`try` shows whom the rule means, and saves nothing."""
    data = request.POST if request.method == "POST" else request.GET
    questions = lists.questions(request.member) if by_rule else []
    kept = one.rule if one else {}
    rule = {
        asked.key: data.get(asked.key, kept.get(asked.key, ""))[:LONGEST].strip("\0 ") for asked in questions
    }
    context = {
        "one": lists.with_sizes([one], request.member)[0] if one else None,
        "by_rule": by_rule,
        "name": data.get("name", one.name if one else ""),
        "questions": [{"filter": asked, "value": rule[asked.key]} for asked in questions],
        "may_change": one is None or lists.may_change(one, request.member),
        "may_rule": sees_everybody(request.member),
        "uses": list_marks.uses_of(one) if one else [],
    }
    status = 200
    if request.method == "POST":
        try:
            if "try" in request.POST:
                context["n"], context["some"] = lists.preview(rule, request.member)
                return render(request, "contacts/list.html", context)
            saved = lists.save_list(
                one, name=request.POST.get("name", ""), by=request.member, rule=rule if by_rule else None
            )
            messages.success(request, _("Saved."))
            return redirect("contacts:list_of", request.workspace.slug, saved.pk)
        except ValidationError as refused:
            context["error"], status = " ".join(refused.messages), 422
    return render(request, "contacts/list.html", context, status=status)


@require_POST
@allowed(Permission.WORK)
def drop_list(request, list_pk):
    one = get_object_or_404(ContactList, pk=list_pk)
    if not lists.may_change(one, request.member):
        raise Http404
    try:
        lists.delete_list(one)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("contacts:list_of", request.workspace.slug, one.pk)
    messages.success(request, _("The list is gone. Its contacts are still there."))
    return redirect("contacts:lists", request.workspace.slug)


@require_POST
@allowed(Permission.WORK)
def of_contact(request, pk):
    """On a list by hand, or off it."""
    contact = load(request, pk)
    one = lists.static_list(request.POST.get("list_pk"))
    if one is None:
        messages.error(request, _("Choose a list."))
    elif request.POST.get("on") == "0":
        lists.take_off(one, [contact.pk])
    else:
        lists.add(one, [contact.pk])
    return redirect("contacts:show", request.workspace.slug, contact.pk)
