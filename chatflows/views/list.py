"""Chatflows: the list in its order, a new one, and what is done to one as a whole."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chatflows import actions, queries
from chatflows.forms import NewForm, TryForm
from chatflows.models import Chatflow, FlowKind
from chatflows.serving import falls_through
from chatflows.templates_flows import TEMPLATES, for_channel
from chatflows.wording_target import why
from inboxes.models import Channel
from workspaces.access import allowed
from workspaces.permissions import Permission
from workspaces.refusals import Refused

managed = allowed(Permission.MANAGE_CHATFLOWS)


@require_safe
@managed
def flows(request):
    """CF-4: by channel, in order of priority, each with its figures of thirty days."""
    archived = request.GET.get("archived") == "1"
    context = {
        "groups": queries.groups(archived=archived),
        "archived": archived,
        "falls_through": falls_through(),
        "try_form": TryForm(),
    }
    return render(request, "chatflows/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def new(request):
    """Channel, then template, then name and language (CF-2)."""
    form = NewForm(request.POST or None, channel=request.GET.get("channel"))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            flow = actions.create_beside_default(
                data["channel"],
                template=data["template"],
                name=data["name"],
                language=data["language"],
                by=request.member,
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            return redirect(edit_url(request, flow))
    channels = [(channel, for_channel(channel.kind)) for channel in form.channels]
    context = {"form": form, "channels": channels, "templates": TEMPLATES.values()}
    return render(request, "chatflows/new.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@managed
def plain_chat(request, channel_pk):
    """The live chat that a channel shows without any chatflow becomes a row, to be changed like any other."""
    rows = Channel.objects.filter(kind="chat", disconnected_at=None).select_related("inbox")
    return redirect(edit_url(request, actions.default_flow(get_object_or_404(rows, pk=channel_pk))))


def edit_url(request, flow: Chatflow) -> str:
    """Where a chatflow is written: a bot on its canvas, a live chat among its options."""
    name = "chatflows:builder" if flow.kind == FlowKind.BOT else "chatflows:options"
    return reverse(name, args=[request.workspace.slug, flow.pk])


@require_POST
@managed
def place(request, flow_pk):
    """One up or down, to the top or the bottom, or (dragged) to a place (TG-7)."""
    to = request.POST.get("to", "")
    actions.move(load(flow_pk), int(to) if to.isdecimal() and len(to) < 5 else to)
    return _to_list(request)


@require_POST
@managed
def switch(request, flow_pk):
    flow = load(flow_pk)
    if request.POST.get("on") == "1":
        flow = actions.resume(flow)
        messages.success(request, _("Visitors meet it again.") if flow.is_live() else _("Publish it first."))
    else:
        actions.pause(flow)
        messages.success(request, _("Paused: visitors do not meet it. Chats that run go on."))
    return _to_list(request)


@require_POST
@managed
def archive(request, flow_pk):
    flow = load(flow_pk)
    if request.POST.get("back") == "1":
        actions.unarchive(flow)
        messages.success(request, _("It is back at the end of the list, switched off."))
    else:
        actions.archive(flow)
        messages.success(request, _("Archived. Its chats and figures are kept."))
    return _to_list(request)


@require_POST
@managed
def clone(request, flow_pk):
    copy = actions.clone(load(flow_pk), by=request.member)
    return redirect(edit_url(request, copy))


@require_POST
@managed
def rename(request, flow_pk):
    flow = actions.rename(load(flow_pk), request.POST.get("name", ""))
    return redirect("chatflows:versions", request.workspace.slug, flow.pk)


@require_POST
@managed
def primary(request, flow_pk):
    actions.make_primary(load(flow_pk))
    return _to_list(request)


@require_POST
@managed
def publish(request, flow_pk):
    flow = load(flow_pk)
    before = flow.published_id
    try:
        flow = actions.publish(flow, by=request.member)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(edit_url(request, flow))
    if flow.published_id == before:
        messages.info(request, _("There is nothing new to publish."))
    elif flow.is_live():
        messages.success(request, _("Published. Visitors meet it from now on."))
    else:
        messages.success(request, _("Published. It is paused: switch it on in the list."))
    return redirect(edit_url(request, flow))


@require_POST
@managed
def fall_through(request):
    actions.set_fall_through(request.POST.get("on") == "1")
    messages.success(request, _("Saved."))
    return _to_list(request)


@require_safe
@managed
def attempt(request):
    """Which chatflow would show on an address, and why not the others."""
    # Who comes from a draft has chosen the channel, and no address yet.
    form = TryForm(request.GET if "address" in request.GET else None, initial=request.GET.dict())
    lines, shown = [], None
    if form.is_valid():
        channel = form.cleaned_data["channel"]
        drafts = form.cleaned_data["drafts"]
        choice, compiled = queries.tried(channel, form.facts(), drafts=drafts)
        names = Chatflow.objects.in_bulk([one.pk for one in choice.trace])
        lines = [{"flow": names[one.pk], "outcome": one.outcome, "why": why(one)} for one in choice.trace]
        shown = names[choice.shown.pk] if choice.shown else None
        return _tried(request, form, lines, shown, compiled.bare, choice.again)
    return _tried(request, form, lines, shown, False, None)


def _tried(request, form, lines, shown, bare, again):
    context = {"form": form, "lines": lines, "shown": shown, "bare": bare, "again": again}
    return render(request, "chatflows/try.html", context | {"asked": form.is_bound and form.is_valid()})


def load(flow_pk: int) -> Chatflow:
    return get_object_or_404(Chatflow.objects.select_related("channel__inbox", "published"), pk=flow_pk)


def channels():
    return Channel.objects.filter(kind__in=("chat", "messenger"), disconnected_at=None)


def _to_list(request):
    return redirect("chatflows:list", request.workspace.slug)
