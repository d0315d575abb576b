"""Settings > an API channel: where answers go, the address to post to, the secret once."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from channels_app.api_channel import secret
from channels_app.views.mailboxes import manages
from channels_app.webcall import clean_url
from inboxes.actions import connect_channel
from inboxes.channel_actions import change_channel
from inboxes.models import Channel, Inbox
from workspaces.guarded import Guarded


class ApiForm(Guarded, forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of this channel"), max_length=100)
    url = forms.CharField(
        label=gettext_lazy("Where answers go"),
        max_length=1000,
        required=False,
        widget=forms.TextInput(attrs={"spellcheck": "false", "dir": "ltr"}),
        help_text=gettext_lazy("We call this address for each answer, signed. It must begin with https://."),
    )

    @staticmethod
    def stored(channel: Channel) -> dict:
        return {"name": channel.name, "url": channel.config.get("url", "")}

    def clean_url(self) -> str:
        return clean_url(self.cleaned_data["url"]) if self.cleaned_data["url"].strip() else ""


@require_POST
@manages
def connect(request, pk):
    """It works as soon as your messenger has the secret, which is on this page and never again."""
    inbox = get_object_or_404(Inbox, pk=pk)
    channel = connect_channel(inbox, kind="api", name=_("API channel"))
    return _page(request, channel, shown_secret=secret.renew(channel))


@require_http_methods(["GET", "POST"])
@manages
def channel(request, pk):
    found = _load(request, pk)
    if request.method == "GET":
        return _page(request, found)
    form = ApiForm(request.POST, initial=ApiForm.stored(found), target=found)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    change_channel(found, name=form.cleaned_data["name"], config={"url": form.cleaned_data["url"]})
    messages.success(request, _("Saved."))
    return redirect("channels:api", request.workspace.slug, pk)


@require_POST
@manages
def renew(request, pk):
    found = _load(request, pk)
    return _page(request, found, shown_secret=secret.renew(found))


def _load(request, pk: int) -> Channel:
    rows = Channel.objects.select_related("inbox")
    rows = rows.select_for_update(of=("self",)) if request.method == "POST" else rows
    return get_object_or_404(rows, pk=pk, kind="api", disconnected_at=None)


def _page(request, found: Channel, *, form: ApiForm | None = None, shown_secret: str = "", status: int = 200):
    context = {
        "channel": found,
        "form": form or ApiForm(initial=ApiForm.stored(found), target=found),
        "secret": shown_secret,
        "address": request.build_absolute_uri(reverse("api_channel:inbound", args=[found.identifier])),
    }
    response = render(request, "channels/api.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
