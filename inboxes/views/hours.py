"""When the workspace, a channel and a person work: one timetable, three pages."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from inboxes import timetables
from inboxes.flips import clock_of
from inboxes.forms_hours import Timetable
from inboxes.forms_opening import AbsenceForm, ChatOpeningForm
from inboxes.models import Absence, Channel, OpeningHours
from inboxes.opening import compiled, hours_of_channel, opening_at
from workspaces.access import allowed, member_only
from workspaces.guarded import FIELD
from workspaces.models import Member
from workspaces.permissions import Permission

manages = allowed(Permission.MANAGE_INBOXES)


def _edited(request, hours: OpeningHours | None, zone: str) -> tuple[Timetable, bool]:
    """What stands in the form, and whether it is to be saved."""
    stored = timetables.settings_of(hours) or timetables.usual(zone)
    if request.method != "POST":
        return Timetable.of(stored), False
    typed = Timetable.posted(request.POST, stored)
    if "do" in request.POST:
        typed.do(request.POST["do"])
        return typed, False
    good = typed.clean()
    return typed, good and not typed.refuse_if_changed(request.POST.get(FIELD, ""))


def _status(table: Timetable) -> int:
    wrong = table.errors or any(line.error for day in table.days for line in day.lines)
    return 422 if wrong or any(one.error for one in table.exceptions) else 200


def _saved(request, where: str, *args) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect(where, request.workspace.slug, *args)


def _now(hours: OpeningHours | None):
    return opening_at(compiled(hours), timezone.now()) if hours else None


# ── The workspace's ─────────────────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Permission.MANAGE_WORKSPACE)
def hours(request):
    found = _locked().of_workspace().first()
    table, save = _edited(request, found, request.workspace.time_zone)
    if save:
        timetables.save_hours(**table.settings)
        return _saved(request, "inboxes:hours")
    context = {"table": table, "hours": found, "now": _now(found)}
    return render(request, "inboxes/hours.html", context, status=_status(table))


@require_POST
@allowed(Permission.MANAGE_WORKSPACE)
def no_hours(request):
    timetables.drop_hours()
    return _saved(request, "inboxes:hours")


def _locked():
    return OpeningHours.objects.select_for_update(of=("self",))


# ── A channel's ─────────────────────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def opening(request, pk):
    """When a chat is open, and what it says when it is not (CT-3 to CT-6)."""
    found = _chat(pk)
    if request.method != "POST":
        return _channel_page(request, found)
    form = ChatOpeningForm(request.POST, initial=ChatOpeningForm.stored(found), target=found)
    if not form.is_valid():
        return _channel_page(request, found, form=form)
    timetables.set_chat_availability(found, form.cleaned_data)
    return _saved(request, "inboxes:opening", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def channel_hours(request, pk):
    """The channel's own timetable; it has one from the moment this is saved."""
    found = _chat(pk)
    own = _locked().filter(channel=found).first()
    table, save = _edited(request, own or hours_of_channel(found), request.workspace.time_zone)
    if save:
        timetables.save_hours(channel=found, **table.settings)
        return _saved(request, "inboxes:opening", pk)
    return _channel_page(request, found, table=table)


@require_POST
@manages
def own_hours(request, pk):
    """Hours of its own, beginning with today's; or the workspace's again."""
    found = _chat(pk)
    if request.POST.get("own") == "yes":
        timetables.give_own_hours(found)
    else:
        timetables.drop_hours(channel=found)
    return _saved(request, "inboxes:opening", pk)


def _chat(pk: int) -> Channel:
    chats = Channel.objects.select_for_update(of=("self",)).select_related("inbox", "workspace")
    return get_object_or_404(chats, pk=pk, kind="chat", disconnected_at=None)


def _channel_page(request, channel: Channel, *, form=None, table: Timetable | None = None) -> HttpResponse:
    goes_by = hours_of_channel(channel)
    own = bool(goes_by and goes_by.channel_id)
    stored = timetables.settings_of(goes_by) or timetables.usual(request.workspace.time_zone)
    context = {
        "channel": channel,
        "form": form or ChatOpeningForm(initial=ChatOpeningForm.stored(channel), target=channel),
        "table": table or Timetable.of(stored),
        "own": own,
        "hours": goes_by,
        "now": _now(goes_by),
    }
    status = 422 if form else _status(context["table"])
    return render(request, "inboxes/hours_channel.html", context, status=status)


# ── A person's ──────────────────────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@member_only
def member_hours(request, pk):
    """Set by oneself, or by who looks after availability (AV-6)."""
    person = _person(request, pk)
    found = _locked().filter(member=person).first()
    table, save = _edited(request, found, person.user.time_zone or request.workspace.time_zone)
    if save:
        timetables.save_hours(member=person, **table.settings)
        return _saved(request, "inboxes:member_hours", pk)
    return _member_page(request, person, found, table=table)


@require_POST
@member_only
def no_member_hours(request, pk):
    timetables.drop_hours(member=_person(request, pk))
    return _saved(request, "inboxes:member_hours", pk)


@require_POST
@member_only
def absences(request, pk):
    """Another absence (AV-7)."""
    person = _person(request, pk)
    form = AbsenceForm(request.POST)
    if not form.is_valid():
        found = OpeningHours.objects.filter(member=person).first()
        return _member_page(request, person, found, form=form)
    zone = person.user.time_zone or request.workspace.time_zone
    timetables.add_absence(person, **form.cleaned_data, zone=zone, by=request.member)
    return _saved(request, "inboxes:member_hours", pk)


@require_POST
@member_only
def no_absence(request, pk, absence_pk):
    absence = get_object_or_404(
        Absence.objects.select_related("member"), pk=absence_pk, member=_person(request, pk)
    )
    timetables.remove_absence(absence, by=request.member)
    return _saved(request, "inboxes:member_hours", pk)


def _person(request, pk: int) -> Member:
    rows = Member.objects.active().select_related("user").filter(workspace=request.workspace)
    found = get_object_or_404(rows, pk=pk)
    if not timetables.may_plan(found, by=request.member):
        raise Http404
    return found


def _member_page(
    request, person: Member, found: OpeningHours | None, *, table=None, form=None
) -> HttpResponse:
    table = table or Timetable.of(
        timetables.settings_of(found)
        or timetables.usual(person.user.time_zone or request.workspace.time_zone)
    )
    today = timezone.localdate()
    context = {
        "person": person,
        "own_page": person.pk == request.member.pk,
        "table": table,
        "hours": found,
        "now": _now(found),
        "flips_at": clock_of(person).boundary_after(timezone.now()),
        "absences": Absence.objects.filter(member=person, last_day__gte=today),
        "form": form or AbsenceForm(),
    }
    return render(request, "inboxes/hours_member.html", context, status=422 if form else _status(table))
