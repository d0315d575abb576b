"""Small pages and parts about contacts: found as you type, one property at a time, merged and parted."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import actions
from contacts.custom import definitions
from contacts.forms import WaysForm
from contacts.merge import OWN, CannotMerge, TooLate, merge, part, preview, undoable
from contacts.models import About, Contact, ContactAddress, ContactCard
from contacts.properties import BY_KEY, PROPERTIES, as_line, chosen
from contacts.search import find_contacts
from contacts.sight import visible_to
from contacts.views_record import load
from workspaces.access import allowed
from workspaces.models import Member
from workspaces.permissions import Permission
from workspaces.redirects import next_path


@require_safe
@allowed(Permission.WORK)
def find(request):
    """Contacts as you type, as lines to choose from; `without` leaves one out."""
    without = _number(request.GET.get("without", ""))
    found = find_contacts(request.GET.get("q", ""), request.member, leave_out=without)
    return render(request, "contacts/_found.html", {"found": found, "q": request.GET.get("q", "")})


@require_http_methods(["GET", "POST"])
@allowed(Permission.WORK)
def one_property(request, pk, name):
    """GET: the property, or with ?edit its field. POST: write it; what was typed stays in the field when it is refused."""
    contact = load(request, pk)
    if name not in BY_KEY:
        raise Http404
    if request.method == "GET":
        template = "contacts/_property_form.html" if "edit" in request.GET else "contacts/_property.html"
        return render(request, template, _property_context(request, contact, name))
    typed = request.POST.get("value", "")
    try:
        contact = actions.set_property(contact, name, typed)
    except (ValidationError, actions.AddressTaken) as refused:
        context = _property_context(request, contact, name) | {"value": typed, **_refusal(request, refused)}
        return render(request, "contacts/_property_form.html", context, status=422)
    return render(request, "contacts/_property.html", _property_context(request, contact, name))


def _refusal(request, refused: Exception) -> dict:
    """Whose an address is, is told to who may see them."""
    if isinstance(refused, actions.AddressTaken):
        if not visible_to(request.member).filter(pk=refused.contact.pk).exists():
            return {"error": str(actions.ADDRESS_TAKEN)}
        return {
            "error": _("This address belongs to %(name)s.") % {"name": refused.contact.called},
            "taken": refused.contact,
        }
    return {"error": " ".join(refused.messages)}


def _property_context(request, contact: Contact, key: str) -> dict:
    one = BY_KEY[key]
    raw = getattr(contact, key)
    return {
        "contact": contact,
        "property": as_line(contact, one),
        "value": raw.pk if isinstance(raw, Member) else (str(raw) if raw else ""),
        "members": Member.objects.active().filter(workspace=request.workspace).by_name()
        if one.sort == "member"
        else [],
        "edits": True,
    }


@require_POST
@allowed(Permission.WORK)
def addresses(request, pk):
    """One more address of the same person."""
    contact = load(request, pk)
    try:
        value = BY_KEY["email"].check(request.POST.get("value", ""))
        if not value:
            raise ValidationError(_("Write an email address."))
        actions.add_address(contact, kind="email", value=value)
    except (ValidationError, actions.AddressTaken) as refused:
        return _addresses(
            request, contact, 422, typed=request.POST.get("value", ""), **_refusal(request, refused)
        )
    return _addresses(request, contact)


@require_POST
@allowed(Permission.WORK)
def prefer_address(request, pk, address_pk):
    """The address that stands on the card, and that new mail goes to."""
    contact = load(request, pk)
    address = get_object_or_404(ContactAddress, contact=contact, kind="email", pk=address_pk)
    contact = actions.prefer_address(address)
    if request.headers.get("HX-Request"):
        return _addresses(request, contact)
    return redirect("contacts:show", request.workspace.slug, contact.pk)


@require_POST
@allowed(Permission.WORK)
def forget_address(request, pk, address_pk):
    contact = load(request, pk)
    actions.drop_address(get_object_or_404(ContactAddress, contact=contact, pk=address_pk))
    return _addresses(request, contact)


def _addresses(request, contact: Contact, status: int = 200, **context) -> HttpResponse:
    context |= {
        "contact": contact,
        "addresses": contact.addresses.order_by("pk"),
        "edits": True,
        "open": True,
    }
    return render(request, "contacts/_addresses.html", context, status=status)


@require_http_methods(["GET", "POST"])
@allowed(Permission.WORK)
def merge_with(request, pk, other):
    """GET: what a merge would do. POST: do it; `pk` is the one who stays."""
    kept, gone = load(request, pk), load(request, other)
    if kept.pk == gone.pk:
        raise Http404
    if request.method == "POST":
        try:
            merge(kept, gone, by=request.member)
        except CannotMerge:
            raise Http404 from None
        return _return(request)
    told = {
        "kept": kept,
        "gone": gone,
        "preview": _in_words(preview(kept, gone)),
        "next": request.GET.get("next", ""),
    }
    return render(request, "contacts/_merge.html", told)


def _in_words(told) -> dict:
    rows = {
        "conversations.conversation.contact": _("Conversations"),
        "contacts.contactaddress.contact": _("Addresses"),
        "conversations.propertyfile.contact": _("Files"),
        "tickets.ticket.contact": _("Tickets"),
        "contacts.listmember.contact": _("Lists"),
    }
    labels = {OWN + one.key: one.label for one in definitions(About.CONTACT)}
    labels |= {name: BY_KEY[name.removesuffix("_id")].label for name in told.gains if name not in labels}
    gains = [(labels[name], value) for name, value in told.gains.items()]
    return {"gains": gains, "rows": [(rows[key], n) for key, n in told.rows.items() if key in rows]}


@require_POST
@allowed(Permission.WORK)
def part_again(request, pk, merge_pk):
    contact = load(request, pk)
    try:
        part(get_object_or_404(undoable(contact), pk=merge_pk))
    except TooLate:
        raise Http404 from None
    return _return(request)


@require_POST
@allowed(Permission.WORK)
def block(request, pk):
    actions.set_blocked(load(request, pk), request.POST.get("blocked") == "1")
    return _return(request)


@require_http_methods(["GET", "POST"])
@allowed(Permission.MANAGE_WORKSPACE)
def card(request):
    """Which properties stand beside a thread, and in which order, for everybody (SB-1)."""
    kept = ContactCard.objects.first() or ContactCard()
    ways = WaysForm(request.POST if "ways" in request.POST else None, initial=vars(kept), target=kept)
    if "ways" in request.POST:
        if ways.is_valid():
            actions.choose_ways(**ways.cleaned_data)
            return redirect("contacts:card", request.workspace.slug)
    elif request.method == "POST":
        actions.choose_properties(_ordered(request))
        return redirect("contacts:card", request.workspace.slug)
    now = chosen()
    lines = [*now, *(one for one in PROPERTIES if one not in now)]
    context = {"lines": [{"property": one, "on": one in now, "at": n} for n, one in enumerate(lines, 1)]}
    context["ways"] = ways
    return render(request, "contacts/card.html", context)


def _ordered(request) -> list[str]:
    ticked = [key for key in request.POST.getlist("property") if key in BY_KEY]
    return sorted(
        ticked, key=lambda key: (_number(request.POST.get(f"at-{key}", "")) or 99, ticked.index(key))
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def _return(request) -> HttpResponse:
    """Back to where it was asked from; a script reloads what it shows."""
    if request.htmx:
        return HttpResponse(status=204)
    return redirect(next_path(request, reverse("conversations:home", args=[request.workspace.slug])))
