"""Companies: their list, the page of one with its people, changing, merging and deleting one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import companies as verbs
from contacts.company_merge import merge_companies, part_companies, undoable
from contacts.merge import TooLate
from contacts.models import Company, CompanyMerge
from contacts.sight import visible_to
from workspaces.access import allowed
from workspaces.permissions import Permission

PAGE = 50


@require_safe
@allowed(Permission.WORK)
def companies(request):
    """All of them by name, or those whose name or domain holds the words."""
    q = request.GET.get("q", "").strip("\x00 ")[:100]
    rows = Company.objects.annotate(low=Lower("name")).order_by("low", "pk")
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(domain__icontains=q))
    number, _sep, name = request.GET.get("after", "").partition("_")
    if number.isdecimal() and len(number) < 19:
        rows = rows.filter(low__gte=name).filter(Q(low__gt=name) | Q(pk__gt=int(number)))
    found = list(rows[: PAGE + 1])
    counts = _counts(request, found[:PAGE])
    last = found[PAGE - 1] if len(found) > PAGE else None
    context = {
        "rows": [{"company": one, "n": counts.get(one.pk, 0)} for one in found[:PAGE]],
        "q": q,
        "after": f"{last.pk}_{last.low}" if last else "",
    }
    return render(request, "contacts/companies.html", context)


def _counts(request, found: list[Company]) -> dict[int, int]:
    people = visible_to(request.member).filter(company__in=found, deleted_at=None)
    return dict(people.order_by().values_list("company").annotate(n=Count("pk")))


@require_http_methods(["GET", "POST"])
@allowed(Permission.WORK)
def new_company(request):
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@allowed(Permission.WORK)
def company(request, company_pk):
    """GET: one company, its newest people, and what may be the same. POST: change it."""
    return _edit(request, get_object_or_404(Company, pk=company_pk))


def _edit(request, one: Company | None):
    typed = {"name": one.name if one else "", "domain": one.domain if one else ""}
    context = {"company": one, "typed": typed, "error": ""}
    status = 200
    if request.method == "POST":
        typed |= {key: request.POST.get(key, "") for key in typed}
        try:
            saved = verbs.save_company(one, **typed)
            messages.success(request, _("Saved"))
            return redirect("contacts:company", request.workspace.slug, saved.pk)
        except ValidationError as refused:
            context["error"], status = " ".join(refused.messages), 422
    if one:
        people = visible_to(request.member).filter(company=one, deleted_at=None)
        context |= {
            "people": people.order_by("-last_seen_at", "-pk")[:PAGE],
            "n": people.count(),
            "all_url": f"{reverse('contacts:list', args=[request.workspace.slug])}?company=%23{one.pk}",
            "doubles": verbs.doubles(one),
            "merges": undoable(one),
        }
    return render(request, "contacts/company.html", context, status=status)


@require_POST
@allowed(Permission.WORK)
def join(request, company_pk):
    """Whoever has an address of its domain, and no company, joins."""
    one = get_object_or_404(Company, pk=company_pk)
    n = verbs.join_by_domain(one)
    said = ngettext("%(n)s contact joined", "%(n)s contacts joined", n) % {"n": n}
    messages.success(request, said if n else _("Nobody without a company has an address there."))
    return redirect("contacts:company", request.workspace.slug, one.pk)


@require_POST
@allowed(Permission.MANAGE_INBOXES)
def merge(request, company_pk):
    """The one named in `other` goes into this one."""
    one = get_object_or_404(Company, pk=company_pk)
    other = request.POST.get("other", "")
    gone = get_object_or_404(Company, pk=other if other.isdecimal() and len(other) < 19 else 0)
    try:
        merge_companies(one, gone, by=request.member)
        messages.success(request, _("They are one company now. For thirty days they can be parted again."))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("contacts:company", request.workspace.slug, one.pk)


@require_POST
@allowed(Permission.MANAGE_INBOXES)
def part(request, company_pk, merge_pk):
    """Undo a merge into this one."""
    record = get_object_or_404(CompanyMerge, kept=company_pk, pk=merge_pk)
    try:
        again = part_companies(record)
        messages.success(request, _("%(name)s is a company of its own again.") % {"name": again.name})
    except TooLate:
        messages.error(request, _("This merge cannot be undone any more."))
    return redirect("contacts:company", request.workspace.slug, company_pk)


@require_POST
@allowed(Permission.MANAGE_INBOXES)
def drop(request, company_pk):
    verbs.delete_company(get_object_or_404(Company, pk=company_pk))
    messages.success(request, _("The company is deleted; its people stayed."))
    return redirect("contacts:companies", request.workspace.slug)
