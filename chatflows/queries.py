"""Chatflows as pages show them: the list with its figures and warnings, versions, and what differs between two."""

from dataclasses import dataclass, field

from django.db.models import Q

from chatflows import figures
from chatflows.models import Chatflow, ChatflowVersion, FlowStatus
from chatflows.selection import Choice, choose
from chatflows.serving import Compiled, compile_channel
from chatflows.targeting import Facts, compile_targeting, shadows
from chatflows.wording_target import in_words
from inboxes.models import Channel


@dataclass
class Row:
    """One line of the list."""

    flow: Chatflow
    place: int
    pages: str
    fared: figures.Fared
    hidden_by: Chatflow | None = None
    has_draft: bool = False


@dataclass
class Group:
    """The chatflows of one channel, in order of priority."""

    channel: Channel
    rows: list[Row] = field(default_factory=list)


def groups(*, archived: bool = False) -> list[Group]:
    """By channel, whatever their number three queries and one a flow of drafts."""
    wanted = Q(status=FlowStatus.ARCHIVED) if archived else ~Q(status=FlowStatus.ARCHIVED)
    channels = Channel.objects.filter(kind__in=("chat", "messenger"), disconnected_at=None)
    channels = channels.select_related("inbox").order_by("inbox__name", "name", "pk")
    found = {channel.pk: Group(channel) for channel in channels}
    flows = list(Chatflow.objects.filter(wanted, channel__in=found).select_related("published").in_order())
    fared = figures.of_flows(flows)
    drafts = {one.chatflow_id: one for one in ChatflowVersion.objects.drafts().filter(chatflow__in=flows)}
    for flow in flows:
        group = found[flow.channel_id]
        flow.channel = group.channel
        version = flow.published or drafts.get(flow.pk)
        pages = in_words(version.targeting if version else {})
        row = Row(flow, len(group.rows) + 1, pages, fared[flow.pk], has_draft=flow.pk in drafts)
        group.rows.append(row)
    for group in found.values():
        if group.channel.kind == "chat":  # on Messenger a link finds its chatflow whatever stands above it
            _warn(group)
    return [group for group in found.values() if group.rows or not archived]


def _warn(group: Group) -> None:
    """TG-7: a live one that can never show says so, and which one is in its way."""
    live = {row.flow.pk: row for row in group.rows if row.flow.is_live()}
    ready = [(pk, compile_targeting(row.flow.published.targeting)) for pk, row in live.items()]
    for one in shadows(ready):
        live[one.hidden].hidden_by = live[one.by].flow


# ── Which would show ──


def tried(channel: Channel, facts: Facts, *, drafts: bool = False) -> tuple[Choice, Compiled]:
    """What a page view with these facts would meet now, or with all drafts published; and what became of each chatflow."""
    form = compile_channel(channel, drafts=drafts)
    return choose(form.candidates, facts, falls_through=form.falls_through, traced=True), form


# ── Versions ──


def versions_of(flow: Chatflow) -> list[ChatflowVersion]:
    return list(flow.versions.select_related("published_by__user", "edited_by__user").order_by("-number"))
