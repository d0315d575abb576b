"""Which chatflow a page view meets, from a compiled form kept in the process: warm, it asks neither the database nor anybody else.

The form is made anew after thirty seconds (somebody may have come or gone) and, within a second of it, when somebody published,
paused or moved a chatflow: then the channel's number in Valkey is another one.
"""

import contextlib
import threading
import time
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import redis
from babel.core import get_global
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from chatflows import audience, figures
from chatflows.met import version_of
from chatflows.models import Chatflow, ChatflowVersion, FlowKind, FlowSettings, FlowStatus, Measure
from chatflows.selection import BUCKETS, Candidate, Choice, choose
from chatflows.settings_of import display_of, options_of
from chatflows.targeting import Facts, compile_targeting
from chatflows.visitor_rules import COMPANY, CONTACT, DESKTOP, NOTHING, PHONE, TABLET
from chatflows.widget import visit
from chatflows.widget.config import find_tongue, people_of, spoken
from chatflows.widget.door import Turned, channel_of
from chatflows.widget.known import Person, person_of
from chatflows.widget.opening import standing_of
from events.dispatch import valkey
from inboxes.models import Channel
from inboxes.opening import opening_at, schedule_of

__all__ = ["answer", "changed", "compile_channel", "compiled", "version_of"]

KEPT, LOOKED, GONE = 30.0, 1.0, 5.0  # seconds
VISITS = frozenset(("page_views", "returning", "seconds"))  # what one page does not know by itself
MOST = 5000


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a version the launcher needs, and whose it is."""

    flow: int
    version: int
    public_id: str
    kind: str
    display: dict
    options: dict
    language: str
    translations: dict


@dataclass(frozen=True)
class Compiled:
    """All live chatflows of a channel, made ready. `bare`: it never had one and shows its plain chat."""

    workspace_id: int
    channel_id: int
    candidates: tuple[Candidate, ...]
    shown: dict[int, Shown]
    falls_through: bool
    bare: bool
    asks_who: bool  # a rule wants to know who the visitor is
    # What browsers keep: "yes", their visits, for a rule or a trial; "agreed", the same after the visitor's yes (OP-3); "asked", no
    # visits, and nothing else before that yes; or nothing is said.
    counts: str
    has_trial: bool
    mark: bytes | None
    made: float


_kept: dict[str, Compiled] = {}
_looked: dict[str, float] = {}
_gone: dict[str, float] = {}
_making: dict[str, threading.Lock] = {}
_guard = threading.Lock()
_silent_until = 0.0


def compiled(key: str) -> Compiled:
    """The form of the channel with this public key. Raises Turned when there is none."""
    kept = _kept.get(key)
    if kept is not None and _fresh(key, kept):
        return kept
    if time.monotonic() - _gone.get(key, -GONE) < GONE:
        raise Turned(404, "unknown")
    with _guard:
        lock = _making.setdefault(key, threading.Lock())
    if not lock.acquire(blocking=kept is None):
        return kept or compiled(key)
    try:
        standing = _kept.get(key)
        if standing is not None and standing is not kept:
            return standing  # made while we waited
        return _make(key)
    finally:
        lock.release()
        with _guard:
            _making.pop(key, None)


def _fresh(key: str, kept: Compiled) -> bool:
    now = time.monotonic()
    if now - kept.made >= KEPT:
        return False
    if now - _looked.get(key, 0.0) < LOOKED:
        return True
    _looked[key] = now
    return _mark(kept.channel_id, kept.mark) == kept.mark


def _mark(channel_id: int, known: bytes | None = None) -> bytes | None:
    """The channel's number; the known one while Valkey does not answer, which is then left alone for a while."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return known
    try:
        return cast("bytes | None", valkey().get(_mark_key(channel_id)))
    except redis.RedisError:
        _silent_until = time.monotonic() + KEPT
        return known


def _mark_key(channel_id: int) -> str:
    return f"{settings.KEY_PREFIX}:flows:mark:{channel_id}"


def changed(channel_id: int) -> None:
    """Something that visitors meet changed: after commit every process makes its form anew."""
    transaction.on_commit(lambda: _move_mark(channel_id))


def _move_mark(channel_id: int) -> None:
    for key, kept in list(_kept.items()):
        if kept.channel_id == channel_id:
            _kept.pop(key, None)
    with contextlib.suppress(redis.RedisError):  # else thirty seconds later
        valkey().incr(_mark_key(channel_id))


def forget() -> None:
    _kept.clear()
    _looked.clear()
    _gone.clear()


def _make(key: str) -> Compiled:
    try:
        with channel_of(key) as channel:
            made = compile_channel(channel)
    except Turned:
        _kept.pop(key, None)
        if len(_gone) >= MOST:
            _gone.clear()
        _gone[key] = time.monotonic()
        raise
    if len(_kept) >= MOST:
        forget()
    _kept[key] = made
    _looked[key] = time.monotonic()
    return made


def compile_channel(channel: Channel, *, drafts: bool = False) -> Compiled:
    """Inside the scope. Reads the mark first: what changes meanwhile is seen at the next look.

    With `drafts` as it would be if all drafts were published now; that is only for who manages them.
    """
    mark = _mark(channel.pk)
    flows = _with_drafts(channel) if drafts else list(_of(channel, Chatflow.objects.live()))
    bare = not flows and not Chatflow.objects.filter(channel=channel).exists()
    hidden, open_now = _availability(channel) if flows else (False, True)
    candidates, shown = [], {}
    for flow in flows:
        for version in filter(None, (flow.published, flow.rival)):
            shown[version.pk] = _shown(flow, version)
        candidates.append(_candidate(flow, hidden, open_now))
    return Compiled(
        workspace_id=channel.workspace_id,
        channel_id=channel.pk,
        candidates=tuple(candidates),
        shown=shown,
        falls_through=falls_through(),
        bare=bare,
        asks_who=any(_asks_who(candidate) for candidate in candidates),
        counts=_counts(candidates, shown),
        has_trial=any(candidate.rival for candidate in candidates),
        mark=mark,
        made=time.monotonic(),
    )


def _of(channel: Channel, flows):
    return flows.filter(channel=channel).in_order().select_related("published", "rival")


def _with_drafts(channel: Channel) -> list[Chatflow]:
    """What is switched off stays so; publishing ends a trial. Nothing of it is saved."""
    flows = list(_of(channel, Chatflow.objects.filter(status__in=(FlowStatus.LIVE, FlowStatus.DRAFT))))
    drafts = {one.chatflow_id: one for one in ChatflowVersion.objects.drafts().filter(chatflow__in=flows)}
    for flow in flows:
        if draft := drafts.get(flow.pk):
            flow.published, flow.rival = draft, None
    return [flow for flow in flows if flow.published]


def falls_through() -> bool:
    return FlowSettings.objects.filter(fall_through_when_unavailable=True).exists()


def _availability(channel: Channel) -> tuple[bool, bool]:
    """(whether its live chat hides now, whether it is within the hours)."""
    schedule = schedule_of(channel)
    hidden = standing_of(channel, people_of(channel)["here"]).hidden
    return hidden, opening_at(schedule, timezone.now()).open if schedule else True


def _candidate(flow: Chatflow, hidden: bool, open_now: bool) -> Candidate:
    version = flow.published
    by_hours = options_of(version.options)["availability"] == "hours"
    return Candidate(
        pk=flow.pk,
        version=version.pk,
        targeting=compile_targeting(version.targeting),
        kind=flow.kind,
        unavailable=(by_hours and not open_now) if flow.kind == FlowKind.BOT else hidden,
        rival=flow.rival_id,
        rival_share=flow.rival_share if flow.rival_id else 0,
    )


def _shown(flow: Chatflow, version: ChatflowVersion) -> Shown:
    return Shown(
        flow=flow.pk,
        version=version.pk,
        public_id=str(version.public_id),
        kind=flow.kind,
        display=display_of(version.display),
        options=options_of(version.options),
        language=flow.language,
        translations=version.translations if isinstance(version.translations, dict) else {},
    )


def _fields(candidate: Candidate) -> list[str]:
    return [line.field for lines in candidate.targeting.groups for line in lines]


def _asks_who(candidate: Candidate) -> bool:
    return any(
        name in ("known", "list") or name.startswith((CONTACT, COMPANY)) for name in _fields(candidate)
    )


def _counts(candidates: list[Candidate], shown: dict[int, Shown]) -> str:
    """Where one chatflow asks before it remembers, the whole channel does: one browser keeps one thing."""
    counted = any(one.rival or not VISITS.isdisjoint(_fields(one)) for one in candidates)
    if any(one.options["cookies_consent"] for one in shown.values()):
        return "agreed" if counted else "asked"
    return "yes" if counted else ""


# ── One page view ──


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page view meets. Both None: nothing shows; `bare`: the plain chat of a channel without chatflows."""

    compiled: Compiled
    shown: Shown | None
    again: int | None
    # Which of a hundred this browser is in, told to one that has not written it down yet.
    bucket: int | None = None
    # The page says who comes in a moment, and asks again then.
    waits: bool = False

    @property
    def hidden(self) -> bool:
        return self.shown is None and not self.compiled.bare

    @property
    def name(self) -> tuple:
        """Equal for page views that are told the same."""
        return (
            self.shown.version if self.shown else 0,
            self.compiled.bare,
            self.again,
            self.bucket,
            self.waits,
            self.compiled.made,
        )


def answer(key: str, request: HttpRequest) -> Answer:
    """Choose for the page that asks, and count it. Raises Turned for a key of no channel."""
    form = compiled(key)
    if not form.candidates:
        return Answer(form, None, None)
    facts = facts_of(request, form)
    browser = request.headers.get("User-Agent", "")
    visitor = audience.visitor_number(request.META.get("REMOTE_ADDR", ""), browser)
    # Asked again on the same page (a rule on time, a pass that came): what it showed was counted, and only another flow is news.
    before = request.GET.get("f")
    # Nobody is met by what fits an unknown visitor, where the page is about to say who it is.
    waits = form.asks_who and request.GET.get("i") == "1"
    counts = bool(facts.url) and not waits
    if counts and before is None:
        audience.note_page(form.channel_id, visitor, facts)
    choice = choose(form.candidates, facts, falls_through=form.falls_through)
    own = _own_bucket(request)
    bucket = zlib.crc32(b"%d" % visitor) % BUCKETS if own is None else own
    found = _version(form, choice, bucket)
    if found and counts and found.public_id != before:
        note_shown(form, found)
    return Answer(form, found, choice.again, bucket if form.has_trial and own is None else None, waits)


def _version(form: Compiled, choice: Choice, bucket: int) -> Shown | None:
    return form.shown[choice.shown.version_for(bucket)] if choice.shown else None


def _own_bucket(request: HttpRequest) -> int | None:
    """The browser's own number of a hundred. One that keeps none has that of its address and make, which stays too."""
    given = request.GET.get("x", "")
    if given.isdecimal() and len(given) < 4:
        return int(given) % BUCKETS
    return visit_of(request).bucket


def visit_of(request: HttpRequest) -> visit.Visit:
    return visit.read(request.GET.get("v", ""), request.GET.get("t", ""))


def tongue(shown: Shown, asked: str) -> str:
    """The language of a chatflow, or of ours, that fits what a browser asks for; nothing where none does."""
    return find_tongue(asked, shown.language, shown.translations) or spoken(asked)


def note_shown(form: Compiled, shown: Shown, measure: str = Measure.SHOWN) -> None:
    figures.note(measure, workspace=form.workspace_id, flow=shown.flow, version=shown.version)


def facts_of(request: HttpRequest, form: Compiled | None = None) -> Facts:
    """What a page tells of its visitor, all of it optional and none of it believed to be more than that."""
    asked = request.GET
    kept = visit_of(request)
    person = _person(asked.get("w", ""), form)
    return Facts(
        url=(asked.get("u") or asked.get("url", ""))[:2000],
        referrer=(asked.get("r") or asked.get("ref", ""))[:2000],
        page_views=max(kept.page_views, _number(asked.get("n", ""))),
        seconds=max(kept.seconds, _number(asked.get("s", ""))),
        returning=kept.returning or asked.get("b", "") == "1",
        language=asked.get("lang", "")[:35],
        device=device_of(request.headers.get("User-Agent", "")),
        country=country_of(request, asked.get("z", "")),
        known=person is not None,
        contact=person.contact if person else NOTHING,
        company=person.company if person else NOTHING,
        lists=person.lists if person else frozenset(),
    )


def _person(given: str, form: Compiled | None) -> Person | None:
    """Only where a rule asks who it is, and for whoever brings a pass (TG-6)."""
    if not given or form is None or not form.asks_who:
        return None
    return person_of(given, workspace_id=form.workspace_id, channel_id=form.channel_id)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0


@lru_cache(maxsize=2000)
def device_of(browser: str) -> str:
    if "iPad" in browser or "Tablet" in browser or ("Android" in browser and "Mobile" not in browser):
        return TABLET
    return PHONE if "Mobi" in browser else DESKTOP


def country_of(request: HttpRequest, zone: str) -> str:
    """Two letters, where known: from the proxy in front when it tells, else from the clock of the browser."""
    header = settings.COUNTRY_HEADER
    told = request.headers.get(header, "").upper() if header else ""
    if len(told) == 2 and told.isalpha() and told != "XX":
        return told
    return _zones().get(zone, "")


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return dict(get_global("zone_territories"))
