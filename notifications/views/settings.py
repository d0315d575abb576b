"""Settings > Notifications: one's own choices and devices, and the workspace's defaults."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from notifications import actions, devices, webpush
from notifications.forms import DeviceForm, PreferencesForm, initial_of, matrix_of, switches_of
from notifications.models import Device, Preferences
from notifications.queries import mails_of_today
from notifications.topics import Topic, Way, topics_for
from notifications.wishes import default_preferences, merged
from workspaces.access import allowed, member_only
from workspaces.audit import note
from workspaces.permissions import Permission
from workspaces.templatetags.browsers import browser

manages = allowed(Permission.MANAGE_WORKSPACE)


@require_http_methods(["GET", "POST"])
@member_only
def preferences(request):
    topics, below = topics_for(request.member), default_preferences()
    own = Preferences.objects.filter(member=request.member).first()
    wishes = merged(below, own)
    typed = request.POST if request.method == "POST" else None
    form = PreferencesForm(typed, initial=initial_of(own, wishes, topics))
    if request.method == "POST" and form.is_valid():
        actions.choose(request.member, **form.chosen(merged(below), topics))
        messages.success(request, _("Saved."))
        return redirect("notifications:preferences", request.workspace.slug)
    context = _matrix(form, topics) | {
        "has_own": own is not None,
        "devices": Device.objects.filter(member=request.member).order_by("-pk"),
        "push_key": webpush.public_key(),
    }
    return render(request, "notifications/preferences.html", context, status=422 if form.is_bound else 200)


@require_POST
@member_only
def clear(request):
    actions.clear_choices(request.member)
    messages.success(request, _("Your choices are cleared. The defaults hold again."))
    return redirect("notifications:preferences", request.workspace.slug)


@require_http_methods(["GET", "POST"])
@manages
def defaults(request):
    row, topics = default_preferences(), list(Topic)
    typed, wishes = request.POST if request.method == "POST" else None, merged(row)
    form = PreferencesForm(typed, initial=initial_of(row, wishes, topics))
    if request.method == "POST" and form.is_valid():
        actions.choose(None, **form.chosen(merged(), topics))
        note("notification.changed", _("Notification defaults"), before=form.initial, after=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("notifications:defaults", request.workspace.slug)
    context = _matrix(form, topics) | {
        "has_own": row is not None,
        "mails": [(count, Topic(count.topic).label) for count in mails_of_today()],
    }
    return render(request, "notifications/defaults.html", context, status=422 if form.is_bound else 200)


@require_POST
@manages
def clear_defaults(request):
    actions.clear_choices(None)
    note("notification.restored", _("Notification defaults"))
    messages.success(request, _("The defaults are as they came."))
    return redirect("notifications:defaults", request.workspace.slug)


def _matrix(form: PreferencesForm, topics: list[Topic]) -> dict:
    return {
        "form": form,
        "ways": list(Way),
        "rows": matrix_of(form, topics),
        "switches": switches_of(form),
    }


# ── Devices ──


@require_POST
@member_only
def add_device(request):
    """From the script that asked the browser: 204, or 422 with the reason."""
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("This browser cannot be reached."), status=422)
    about = {
        "session_key": request.session.session_key,
        "name": browser(request.headers.get("User-Agent", "")),
    }
    try:
        device = devices.register(request.member, **form.cleaned_data, **about)
    except ValidationError as refusal:
        return HttpResponse(refusal.message, status=422)
    return JsonResponse({"id": device.pk})


@require_POST
@member_only
def remove_device(request, pk):
    get_object_or_404(Device, pk=pk, member=request.member)
    devices.forget(request.member, pk=pk)
    messages.success(request, _("This device stays silent from now on."))
    return redirect("notifications:preferences", request.workspace.slug)
