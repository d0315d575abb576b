"""Settings > a form: its fields, its words, how its channel behaves, and the ways to put it on a site."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from channels_app.form import definition, editing, public, shown, versions
from channels_app.form.asked import FieldForm, SettingsForm, TextsForm, written_on
from channels_app.form.definition import KINDS, Field, Form
from channels_app.form.submit import Door
from channels_app.models import FormVersion
from channels_app.views.mailboxes import manages
from inboxes.channel_actions import change_channel
from inboxes.models import Channel, Inbox
from workspaces.refusals import Refused


@require_POST
@manages
def connect(request, pk):
    """It works at once: its own page, with the fields that most people want."""
    inbox = get_object_or_404(Inbox, pk=pk)
    made = versions.connect(inbox, name=_("Contact form"), by=request.member)
    return redirect("channels:form", request.workspace.slug, made.pk)


@require_GET
@manages
def form(request, pk):
    channel, drawn = _load(request, pk)
    return _show(request, channel, drawn)


@require_POST
@manages
def texts(request, pk):
    channel, drawn = _load(request, pk)
    asked = TextsForm(request.POST, form=drawn, channel=channel, initial=TextsForm.stored(drawn))
    if not asked.is_valid():
        return _show(request, channel, drawn, texts_form=asked, status=422)
    versions.save_draft(channel, asked.applied_to(drawn))
    return _saved(request, pk)


@require_POST
@manages
def add_field(request, pk):
    channel, drawn = _load(request, pk)
    kind = request.POST.get("kind", "")
    if kind not in KINDS:
        raise Http404
    try:
        drawn, key = editing.add(drawn, kind)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("channels:form", request.workspace.slug, pk)
    versions.save_draft(channel, drawn)
    return redirect("channels:form_field", request.workspace.slug, pk, key)


@require_http_methods(["GET", "POST"])
@manages
def field(request, pk, name):
    channel, drawn = _load(request, pk)
    one = _field(drawn, name)
    about = {"form": drawn, "one": one, "channel": channel, "initial": FieldForm.stored(one)}
    asked = FieldForm(request.POST, **about) if request.method == "POST" else FieldForm(**about)
    if asked.is_valid():
        versions.save_draft(channel, _renamed(editing.change(drawn, name, asked.changed()), name, asked))
        return _saved(request, pk)
    context = {"channel": channel, "one": one, "kind": KINDS[one.kind], "asked": asked}
    return render(request, "channels/form_field.html", context, status=422 if asked.is_bound else 200)


@require_POST
@manages
def place(request, pk, name):
    channel, drawn = _load(request, pk)
    versions.save_draft(channel, editing.move(drawn, _field(drawn, name).key, request.POST.get("to", "")))
    return redirect(reverse("channels:form", args=[request.workspace.slug, pk]) + "#fields")


@require_POST
@manages
def remove_field(request, pk, name):
    channel, drawn = _load(request, pk)
    versions.save_draft(channel, editing.remove(drawn, _field(drawn, name).key))
    return _saved(request, pk)


@require_POST
@manages
def publish(request, pk):
    channel, _drawn = _load(request, pk)
    try:
        versions.publish(channel, by=request.member)
    except versions.NotReady as not_ready:
        for sentence in not_ready.sentences:
            messages.error(request, sentence)
    else:
        messages.success(request, _("Published. From now on people see this."))
    return redirect("channels:form", request.workspace.slug, pk)


@require_POST
@manages
def draft(request, pk):
    """Give the draft up, or make one of an earlier version."""
    channel, _drawn = _load(request, pk)
    number = request.POST.get("version", "")
    if not number:
        versions.discard_draft(channel)
        messages.success(request, _("The draft is gone. What is published stays."))
    else:
        rows = FormVersion.objects.filter(
            channel=channel, number=int(number) if number.isdecimal() and len(number) < 9 else 0
        )
        versions.restore(channel, get_object_or_404(rows))
        messages.success(request, _("The draft is now as that version was. Publish it when you like."))
    return redirect("channels:form", request.workspace.slug, pk)


@xframe_options_sameorigin
@require_GET
@manages
def preview(request, pk):
    """The draft as people would see it; it cannot be sent."""
    channel, drawn = _load(request, pk)
    door = Door(channel, FormVersion(channel=channel), drawn)
    with translation.override(shown.language_of(channel, drawn)):
        context = shown.page_context(door) | {
            "fields": shown.fields_of(drawn, {}, {}, {}),
            "token": "",
            "embedded": True,
        }
        return public.with_policy(request, door, "channels/form/page.html", context | {"action": ""})


@require_http_methods(["GET", "POST"])
@manages
def settings(request, pk):
    channel, _drawn = _load(request, pk)
    stored = {"channel": channel, "initial": SettingsForm.stored(channel)}
    asked = SettingsForm(request.POST, **stored) if request.method == "POST" else SettingsForm(**stored)
    if asked.is_valid():
        change_channel(channel, name=asked.cleaned_data["name"], config=asked.config())
        messages.success(request, _("Saved."))
        return redirect("channels:form_settings", request.workspace.slug, pk)
    context = {"channel": channel, "form": asked}
    return render(request, "channels/form_settings.html", context, status=422 if asked.is_bound else 200)


# ── Shared ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _load(request, pk: int) -> tuple[Channel, Form]:
    """The channel, locked when it is to be changed, and its form as its maker left it."""
    rows = Channel.objects.select_related("inbox", "workspace")
    rows = rows.select_for_update(of=("self",)) if request.method == "POST" else rows
    channel = get_object_or_404(rows, pk=pk, kind="form", disconnected_at=None)
    return channel, versions.drawn(channel)


def _field(drawn: Form, key: str) -> Field:
    one = drawn.get(key)
    if one is None:
        raise Http404
    return one


def _renamed(drawn: Form, old: str, asked: FieldForm) -> Form:
    """Conditions and the subject follow a field to its new name."""
    return editing.follow(drawn, old, asked.cleaned_data["key"])


def _show(request, channel: Channel, drawn: Form, *, texts_form: TextsForm | None = None, status: int = 200):
    history = (
        FormVersion.objects.filter(channel=channel).select_related("published_by").order_by("-number")[:20]
    )
    stored = TextsForm.stored(drawn)
    address = request.build_absolute_uri(reverse("forms:form", args=[channel.identifier]))
    with translation.override(shown.language_of(channel, drawn)):
        own_html = shown.own_html(drawn, address)
    context = {
        "channel": channel,
        "drawn": drawn,
        "kinds": KINDS.items(),
        "rows": _rows(drawn),
        "texts": texts_form or TextsForm(form=drawn, channel=channel, initial=stored),
        "problems": definition.problems(drawn),
        "warnings": definition.warnings(drawn),
        "history": history,
        "has_draft": not history or any(version.published_at is None for version in history),
        "published": next((version for version in history if version.published_at), None),
        "address": address,
        "own_html": own_html,
        "script": request.build_absolute_uri(reverse("forms:script")),
    }
    return render(request, "channels/form_builder.html", context, status=status)


def _rows(drawn: Form) -> list[dict]:
    """The fields in order: what each is, where its answer goes, and on which other field it depends."""
    written = written_on(drawn)
    return [
        {
            "one": one,
            "kind": KINDS[one.kind],
            "written": written.get(one.key, ""),
            "asks": drawn.get(one.shown_if.field) if one.shown_if else None,
        }
        for one in drawn.fields
    ]


def _saved(request, pk: int):
    messages.success(request, _("Saved in the draft."))
    return redirect("channels:form", request.workspace.slug, pk)
