"""All channels of a workspace, whatever their kind: how they fare, and giving one up or taking it back (CH-1 to CH-3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Lower
from django.urls import reverse

from channels_app.email.mailbox import connect
from channels_app.messenger import connect as messenger
from channels_app.models import InboundPayload
from conversations.models import Conversation, Direction, Message
from inboxes import channel_actions
from inboxes.addresses import is_fallback
from inboxes.kinds import Kind, all_kinds
from inboxes.models import Channel
from workspaces.models import Member

# What a kind must do besides, when one of its accounts is given up.
DISCONNECT: dict[str, Callable] = {"email": connect.disconnect, "messenger": messenger.disconnect}
SETTINGS = {
    "messenger": "channels:messenger_page",
    "chat": "inboxes:channel",
    "email": "channels:mailbox",
    "form": "channels:form",
    "api": "channels:api",
}


@dataclass(frozen=True)
class Standing:
    """One line of the page of channels."""

    channel: Channel
    kind: Kind | None
    last_in: datetime | None
    last_out: datetime | None
    parked: int
    is_fallback: bool
    settings_url: str

    @property
    def state(self) -> str:
        channel = self.channel
        if channel.disconnected_at:
            return "disconnected"
        if channel.paused_at:
            return "paused"
        if channel.needs_attention_since:
            return "attention"
        return "parked" if self.parked else "active"


def standings(slug: str) -> list[Standing]:
    """Every channel, the connected ones first. Two queries, whatever their number."""
    kinds = {kind.key: kind for kind in all_kinds()}
    order = (F("disconnected_at").asc(nulls_first=True), Lower("inbox__name"), Lower("name"), "pk")
    rows = Channel.objects.select_related("inbox").order_by(*order)
    rows = rows.annotate(last_in=_newest(Direction.IN), last_out=_newest(Direction.OUT))
    parked = dict(
        InboundPayload.objects.exclude(parked_at=None)
        .values_list("channel")
        .annotate(n=Count("pk"))
        .values_list("channel", "n")
    )
    return [
        Standing(
            row,
            kinds.get(row.kind),
            row.last_in,
            row.last_out,
            parked.get(row.pk, 0),
            is_fallback(row),
            _settings(slug, row),
        )
        for row in rows
    ]


def _newest(direction: str) -> Subquery:
    """Of the conversation of this channel in which something happened last: near enough, and one look each."""
    newest = Conversation.objects.filter(channel=OuterRef(OuterRef("pk"))).order_by("-pk").values("pk")[:20]
    rows = Message.objects.filter(conversation__in=newest, direction=direction).order_by("-pk")
    return Subquery(rows.values("created_at")[:1])


def _settings(slug: str, channel: Channel) -> str:
    name = SETTINGS.get(channel.kind)
    return reverse(name, args=[slug, channel.pk]) if name and not channel.disconnected_at else ""


def disconnect(channel: Channel, *, by: Member) -> Channel:
    """Its conversations stay (CH-2). Raises FallbackStays."""
    if own := DISCONNECT.get(channel.kind):
        return own(channel, by=by)
    return channel_actions.disconnect_channel(channel)
