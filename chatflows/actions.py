"""What is done to a chatflow: made, edited as a draft, published, ordered, paused, archived, copied. Inside the scope."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatflows import definition
from chatflows.definition import NotAFlow
from chatflows.models import Chatflow, ChatflowVersion, FlowKind, FlowSettings, FlowStatus
from chatflows.serving import changed
from chatflows.templates_flows import made_from
from events.models import Interest
from events.types import CONVERSATION_STARTED
from inboxes.models import Channel, RoutingRule, RoutingTarget
from workspaces.audit import note
from workspaces.labelled import labelled
from workspaces.models import Member
from workspaces.refusals import Refused

PARTS = ("definition", "targeting", "display", "options", "translations")
MOST = 200  # of a channel
# Owed for what begins in workspaces that have a chatflow on Messenger: the others pay nothing.
MEET = "chatflows.reactions.meet"


class Stale(Refused):
    """Somebody saved the draft meanwhile; `version` is what stands."""

    message = _("Somebody changed this draft meanwhile. Load it again to see what changed.")

    def __init__(self, version: ChatflowVersion):
        super().__init__()
        self.version = version


class NotReady(Refused):
    """Not to be published like this; `problems` says why, in words."""

    message = _("It cannot be published like this.")

    def __init__(self, problems: list[str]):
        super().__init__()
        self.problems = problems

    def __str__(self):
        return " ".join((str(self.message), *self.problems))


class TooMany(Refused):
    message = _("That is as many chatflows as a channel can have. Archive one first.")


class NeverPublished(Refused):
    message = _("Publish it first.")


# ── Made ──


@transaction.atomic
def create(channel: Channel, *, template: str, name: str, language: str, by: Member | None) -> Chatflow:
    """A new chatflow at the end of its channel's list, with a draft made from the template (CF-2)."""
    flows = Chatflow.objects.filter(channel=channel)
    if flows.present().count() >= MOST:
        raise TooMany
    kind, parts = made_from(template, language, by)
    flow = Chatflow.objects.create(
        channel=channel,
        name=name[:80],
        kind=kind,
        template=template,
        language=language,
        position=_after_the_last(channel),
        created_by=by,
    )
    ChatflowVersion.objects.create(chatflow=flow, number=1, edited_by=by, **parts)
    note("chatflow.created", flow, after={"name": flow.name, "kind": flow.kind, "channel": channel.name})
    return flow


@transaction.atomic
def create_beside_default(channel: Channel, **fields: Any) -> Chatflow:
    """A new one at the top, where the chat for everybody does not hide it; that chat is made a row when it is none yet."""
    if channel.kind == "chat":
        default_flow(channel)
    return move(create(channel, **fields), "top")


def _after_the_last(channel: Channel) -> int:
    last = (
        Chatflow.objects.filter(channel=channel)
        .order_by("-position")
        .values_list("position", flat=True)
        .first()
    )
    return (last or 0) + 1


@transaction.atomic
def default_flow(channel: Channel) -> Chatflow:
    """The live chat, or Messenger's instant reply, that a new channel begins with; what stands when it has one (FM-2)."""
    Channel.objects.select_for_update(of=("self",)).get(pk=channel.pk)
    standing = Chatflow.objects.filter(channel=channel).in_order().first()
    if standing is not None:
        return standing
    is_messenger = channel.kind == "messenger"
    template = "instant" if is_messenger else "welcome"
    flow = create(channel, template=template, name=channel.name, language=channel.inbox.language, by=None)
    if is_messenger:
        flow.is_primary = True
        flow.save(update_fields=["is_primary"])
    return publish(flow, by=None)


# ── Drafts and versions (CF-5) ──


@transaction.atomic
def draft_of(flow: Chatflow, by: Member | None) -> ChatflowVersion:
    """The draft: the one there is, else a copy of what is published."""
    flow = _locked(flow)
    draft = flow.versions.drafts().first()
    if draft is not None:
        return draft
    return _copy(flow, flow.published, by)


def _copy(flow: Chatflow, source: ChatflowVersion | None, by: Member | None) -> ChatflowVersion:
    parts = {part: getattr(source, part) for part in PARTS} if source else {}
    number = (flow.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    return ChatflowVersion.objects.create(chatflow=flow, number=number, edited_by=by, **parts)


@transaction.atomic
def save_draft(flow: Chatflow, *, revision: int | None, by: Member | None, **parts: Any) -> ChatflowVersion:
    """Write some parts of the draft. `revision`: the one that the writer had in front of them. Raises Stale."""
    unknown = set(parts) - set(PARTS)
    if unknown:
        raise ValueError(f"No such parts: {unknown}")
    draft = draft_of(flow, by)
    draft = ChatflowVersion.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if revision is not None and revision != draft.revision:
        raise Stale(draft)
    for part, value in parts.items():
        setattr(draft, part, value)
    draft.revision += 1
    draft.edited_at, draft.edited_by = timezone.now(), by
    draft.save(update_fields=[*parts, "revision", "edited_at", "edited_by"])
    return draft


@transaction.atomic
def publish(flow: Chatflow, by: Member | None) -> Chatflow:
    """The draft becomes what visitors meet from now on; walks under way finish on theirs. Raises NotReady.

    Without a draft all stays as it is, a trial too.
    """
    flow = _locked(flow)
    draft = flow.versions.drafts().first()
    if draft is None:
        if flow.published_id is None:
            raise NotReady([])
        return flow
    _check(flow, draft)
    draft.published_at, draft.published_by = timezone.now(), by
    draft.save(update_fields=["published_at", "published_by"])
    flow.published = draft
    before = flow.status
    flow.status = FlowStatus.LIVE if before in (FlowStatus.DRAFT, FlowStatus.LIVE) else before
    # A trial compares two versions that stand; a third one ends it.
    flow.rival = flow.trial_since = None
    _save(flow, "published", "status", "rival", "trial_since")
    note("chatflow.published", flow, after={"version": flow.published.number})
    return flow


def _check(flow: Chatflow, version: ChatflowVersion) -> None:
    if flow.kind != FlowKind.BOT:
        return
    try:
        found = definition.problems(definition.read(version.definition))
    except NotAFlow as error:
        raise NotReady([labelled(one.path, one.words) for one in error.mistakes]) from None
    if blocking := [one.words for one in found if one.blocks]:
        raise NotReady(blocking)


@transaction.atomic
def discard_draft(flow: Chatflow, by: Member | None) -> None:
    """Back to what is published. A chatflow that never was keeps its only wording."""
    flow = _locked(flow)
    if flow.published_id is None:
        raise NeverPublished
    if flow.versions.drafts().delete()[0]:
        note("chatflow.restored", flow, after={"version": flow.published.number}, member=by)


@transaction.atomic
def restore(flow: Chatflow, version: ChatflowVersion, by: Member | None) -> ChatflowVersion:
    """An earlier version becomes the draft again, to be looked at and published."""
    draft = save_draft(flow, revision=None, by=by, **{part: getattr(version, part) for part in PARTS})
    note("chatflow.restored", flow, after={"version": version.number})
    return draft


# ── Two versions side by side ──


@transaction.atomic
def start_trial(flow: Chatflow, version: ChatflowVersion | None, share: int, by: Member | None) -> Chatflow:
    """Show another version to some visitors: a published one, or the draft, which is published for it."""
    flow = _locked(flow)
    if flow.published_id is None:
        raise NeverPublished
    if version is None:
        version = flow.versions.drafts().first()
        if version is None:
            raise NotReady([])
        _check(flow, version)
        version.published_at, version.published_by = timezone.now(), by
        version.save(update_fields=["published_at", "published_by"])
    if version.pk == flow.published_id or version.chatflow_id != flow.pk:
        raise NotReady([])
    flow.rival, flow.rival_share, flow.trial_since = version, min(max(share, 1), 99), timezone.now()
    _save(flow, "rival", "rival_share", "trial_since")
    note("chatflow.trial_begun", flow, after={"version": version.number, "share": flow.rival_share})
    return flow


@transaction.atomic
def end_trial(flow: Chatflow, *, keep_rival: bool, by: Member | None) -> Chatflow:
    """One of the two stays, for everybody."""
    flow = _locked(flow)
    if flow.rival_id is not None:
        if keep_rival:
            flow.published = flow.rival
        flow.rival = flow.trial_since = None
        _save(flow, "published", "rival", "trial_since")
        note("chatflow.trial_ended", flow, after={"version": flow.published.number}, member=by)
    return flow


# ── Life ──


def pause(flow: Chatflow) -> Chatflow:
    return _turn(flow, FlowStatus.LIVE, FlowStatus.PAUSED, "chatflow.paused")


def resume(flow: Chatflow) -> Chatflow:
    return _turn(flow, FlowStatus.PAUSED, FlowStatus.LIVE, "chatflow.resumed")


@transaction.atomic
def archive(flow: Chatflow) -> Chatflow:
    """Out of the list and out of sight; its figures and walks stay."""
    flow = _locked(flow)
    if flow.status != FlowStatus.ARCHIVED:
        flow.status, flow.is_primary = FlowStatus.ARCHIVED, False
        _save(flow, "status", "is_primary")
        note("chatflow.archived", flow)
    return flow


def unarchive(flow: Chatflow) -> Chatflow:
    """Back in the list, at its end and not yet switched on."""
    status = FlowStatus.PAUSED if flow.published_id else FlowStatus.DRAFT
    flow = _turn(flow, FlowStatus.ARCHIVED, status, "chatflow.restored")
    return move(flow, "bottom")


@transaction.atomic
def _turn(flow: Chatflow, before: str, after: str, action: str) -> Chatflow:
    flow = _locked(flow)
    if flow.status == before:
        flow.status = after
        _save(flow, "status")
        note(action, flow)
    return flow


@transaction.atomic
def rename(flow: Chatflow, name: str) -> Chatflow:
    flow = _locked(flow)
    before, flow.name = flow.name, name.strip()[:80] or flow.name
    _save(flow, "name")
    RoutingRule.objects.filter(chatflow=flow.pk).update(name=flow.name)
    note("chatflow.renamed", flow, {"name": before}, {"name": flow.name})
    return flow


@transaction.atomic
def clone(flow: Chatflow, by: Member | None) -> Chatflow:
    """A draft with the same wording, just below; nobody meets it before it is published (CF-4)."""
    flow = _locked(flow)
    source = flow.versions.drafts().first() or flow.published
    copy = Chatflow.objects.create(
        channel_id=flow.channel_id,
        name=str(_("Copy of %(name)s") % {"name": flow.name})[:80],
        kind=flow.kind,
        template=flow.template,
        language=flow.language,
        created_by=by,
    )
    _copy(copy, source, by)
    _copy_rule(flow, copy)
    order = [pk for pk in _order(flow.channel_id) if pk != copy.pk]
    order.insert(order.index(flow.pk) + 1 if flow.pk in order else len(order), copy.pk)
    _write_order(order)
    note("chatflow.created", copy, after={"name": copy.name, "from": flow.name})
    return copy


def _copy_rule(flow: Chatflow, copy: Chatflow) -> None:
    """Who gets it goes with it (LC-4)."""
    rule = RoutingRule.objects.filter(chatflow=flow.pk).first()
    if rule is not None:
        named = list(rule.targets.values_list("member_id", "team_id"))
        rule.pk, rule.chatflow, rule.name = None, copy.pk, copy.name
        rule.save(force_insert=True)
        RoutingTarget.objects.bulk_create(
            RoutingTarget(rule=rule, member_id=member, team_id=team, workspace_id=rule.workspace_id)
            for member, team in named
        )


@transaction.atomic
def move(flow: Chatflow, to: int | str) -> Chatflow:
    """To a place counted from 0, or "top", "bottom", "up", "down" (TG-7)."""
    Channel.objects.select_for_update(of=("self",)).get(pk=flow.channel_id)
    order = _order(flow.channel_id)
    if flow.pk not in order:
        return flow
    at = order.index(flow.pk)
    places: Mapping[str, int] = {"top": 0, "bottom": len(order), "up": at - 1, "down": at + 1}
    wanted = places.get(to, at) if isinstance(to, str) else to
    order.remove(flow.pk)
    order.insert(min(max(wanted, 0), len(order)), flow.pk)
    if order.index(flow.pk) != at:
        _write_order(order)
        changed(flow.channel_id)
        note("chatflow.moved", flow, {"place": at + 1}, {"place": order.index(flow.pk) + 1})
    flow.refresh_from_db(fields=["position"])
    return flow


def _order(channel_id: int) -> list[int]:
    return list(Chatflow.objects.present().filter(channel=channel_id).in_order().values_list("pk", flat=True))


def _write_order(order: list[int]) -> None:
    rows = Chatflow.objects.in_bulk(order)
    for at, pk in enumerate(order, 1):
        rows[pk].position = at
    Chatflow.objects.bulk_update(rows.values(), ["position"])


@transaction.atomic
def make_primary(flow: Chatflow) -> Chatflow:
    """The one that answers on Messenger who comes without a link of a chatflow."""
    flow = _locked(flow)
    Chatflow.objects.filter(channel=flow.channel_id, is_primary=True).update(is_primary=False)
    flow.is_primary = True
    _save(flow, "is_primary")
    note("chatflow.changed", flow, after={"primary": True})
    return flow


@transaction.atomic
def set_fall_through(on: bool) -> None:
    """TG-8's switch, for the whole workspace."""
    row, _made = FlowSettings.objects.get_or_create()
    before, row.fall_through_when_unavailable = row.fall_through_when_unavailable, on
    row.save(update_fields=["fall_through_when_unavailable"])
    for channel_id in Chatflow.objects.values_list("channel", flat=True).distinct():
        changed(channel_id)
    note("chatflow.changed", str(_("All chatflows")), {"fall_through": before}, {"fall_through": on})


def _save(flow: Chatflow, *fields: str) -> None:
    if flow.channel.kind == "messenger":
        Interest.objects.get_or_create(type=CONVERSATION_STARTED, name=MEET)
    flow.changed_at = timezone.now()
    flow.save(update_fields=[*fields, "changed_at"])
    changed(flow.channel_id)


def _locked(flow: Chatflow) -> Chatflow:
    rows = Chatflow.objects.select_for_update(of=("self",)).select_related("published", "rival", "channel")
    return rows.get(pk=flow.pk)
