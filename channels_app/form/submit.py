"""A submission on its way in: looked at, kept as it came, then answered with thanks. Understanding comes after (P8)."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone, translation

from channels_app.email import payloads
from channels_app.form import definition, gate, versions
from channels_app.form.definition import Form
from channels_app.form.fields import MOST_FILES, Checked, check, unfit
from channels_app.form.gate import Turned
from channels_app.form.shown import language_of
from channels_app.models import FormVersion, InboundPayload
from conversations import files
from conversations.models import Attachment
from inboxes.models import Channel, PublicAddress
from workspaces.scope import workspace_scope

SOURCE = "form"
ALIKE = 600  # seconds in which the same words from the same address are one click too many


@dataclass(frozen=True)
class Sent:
    """What came, by whichever way. `given` are the answers by key; `id` is the sender's own number for it."""

    given: Mapping[str, Sequence[str]]
    files: Mapping[str, Sequence] = field(default_factory=dict)
    token: str = ""
    trap: str = ""
    proof: str = ""
    page: str = ""
    id: str = ""


@dataclass(frozen=True)
class Door:
    """A form that takes submissions: its channel and what is published of it."""

    channel: Channel
    version: FormVersion
    form: Form


@contextmanager
def door_of(key: str) -> Iterator[Door]:
    """Open the scope of the form with this key. Raises Turned when there is none in use."""
    found = PublicAddress.objects.filter(kind=SOURCE, value=key[:100]).first()
    if found is None:
        raise Turned(404, "unknown", "")
    with workspace_scope(found.workspace_id):
        rows = Channel.objects.active().select_related("inbox", "workspace")
        channel = rows.filter(pk=found.channel_id, workspace__suspended_at=None).first()
        version = channel and versions.published(channel)
        if version is None:
            raise Turned(404, "unknown", "")
        yield Door(channel, version, definition.read(version.definition))


class Invalid(Exception):
    """Answers that have to be mended; `checked.errors` says which."""

    def __init__(self, checked: Checked):
        super().__init__("invalid")
        self.checked = checked


def submit(request: HttpRequest, key: str, sent: Sent) -> Form:
    """Take a submission in, once. Returns the form that was filled in. Raises Turned or Invalid.

    Files are measured and drawn between two scopes: no transaction waits for them.
    """
    with door_of(key) as door, translation.override(language_of(door.channel, door.form)):
        nonce = _let_in(request, door.channel, sent)
        checked = check(door.form, sent.given, {name: len(all) for name, all in sent.files.items()})
        if checked.errors:
            raise Invalid(checked)
        _prove(request, door.channel, sent)
        language = translation.get_language()
    with translation.override(language):
        looked_at = _inspect(checked, sent)
    with door_of(key) as door, translation.override(language):
        external_id = f"id:{nonce}" if nonce else _print_of(request, door.channel, checked, sent)
        _keep(request, door, checked, sent, looked_at, external_id)
        return door.form


# ── May it come in ──────────────────────────────────────────────────────────────────────────────────────────────


def _let_in(request: HttpRequest, channel: Channel, sent: Sent) -> str:
    """By what the second copy will be told; "" where nothing was brought along. A page of ours brings a token."""
    gate.look(request)
    gate.allowed_origin(request, channel)
    if sent.token or gate.is_ours(request):
        token = gate.read_token(sent.token, channel)
        gate.not_too_soon(token)
        return token.nonce.hex
    return hashlib.sha256(f"{channel.pk}:{sent.id}".encode()).hexdigest() if sent.id else ""


def _prove(request: HttpRequest, channel: Channel, sent: Sent) -> None:
    """Counted last, so that what has to be mended costs nothing of what an address may send."""
    is_busy = gate.count(request, channel)
    gate.over_the_day(channel, is_busy)
    if gate.wants_proof(channel, is_busy):
        gate.check_proof(sent.proof, channel)


# ── Its files ───────────────────────────────────────────────────────────────────────────────────────────────────


def _inspect(checked: Checked, sent: Sent) -> list[tuple[str, files.Checked]]:
    """(key of the field, file). Raises Invalid with the reason beside its field."""
    found: list[tuple[str, files.Checked]] = []
    for one in checked.shown:
        for upload in list(sent.files.get(one.key, ()))[:MOST_FILES] if one.kind == "file" else ():
            try:
                file = files.inspect(upload, files.VISITOR)
                found.append((one.key, file))
                if why := unfit(one, file.kind, file.size):
                    checked.errors[one.key] = why
            except files.FileRefused as refused:
                checked.errors[one.key] = str(refused)
    if len(found) > files.MOST_FILES:
        checked.errors[found[-1][0]] = str(files.FileRefused("many"))
    if sum(file.size for _key, file in found) > files.VISITOR_TOTAL:
        checked.errors[found[-1][0]] = str(files.FileRefused("too_large"))
    if checked.errors:
        raise Invalid(checked)
    return found


# ── Kept as it came ─────────────────────────────────────────────────────────────────────────────────────────────


def _keep(
    request: HttpRequest,
    door: Door,
    checked: Checked,
    sent: Sent,
    looked_at: list[tuple[str, files.Checked]],
    external_id: str,
) -> None:
    standing = InboundPayload.objects.filter(
        channel=door.channel, source=SOURCE, external_id=external_id
    ).first()
    mark = _mark(checked, [file for _key, file in looked_at])
    if standing is not None:
        return _same(standing, mark)
    rows = [(key, files.keep(file)) for key, file in looked_at]
    told = {
        "version": door.version.pk,
        "values": checked.values,
        "shown": [one.key for one in checked.shown],
        "files": [[key, str(row.storage_key), row.name] for key, row in rows],
        "page": _page_of(request, sent),
        "language": door.form.language,
        "agent": request.headers.get("User-Agent", "")[:400],
        "trap": bool(sent.trap.strip()),
        "at": timezone.now().isoformat(),
    }
    raw = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
    kept = payloads.keep(
        door.channel, source=SOURCE, external_id=external_id, raw=raw, headers={"mark": mark}
    )
    if bytes(kept.body) != raw:  # the other click was committed first, with files of its own
        Attachment.objects.filter(pk__in=[row.pk for _key, row in rows]).delete()
        _same(kept, mark)
    return None


def _same(standing: InboundPayload, mark: str) -> None:
    """The second click is the first. Other words under the same token are refused (T073)."""
    if standing.headers.get("mark") != mark:
        raise Turned(409, "used", str(gate.USED))


def _mark(checked: Checked, kept: list[files.Checked]) -> str:
    said = json.dumps([checked.values, [(file.name, file.size) for file in kept]], sort_keys=True)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def _print_of(request: HttpRequest, channel: Channel, checked: Checked, sent: Sent) -> str:
    """For a plain POST that brings no number: the same words from the same address within minutes are one click."""
    address = request.META.get("REMOTE_ADDR", "")
    sizes = {key: [upload.size for upload in all] for key, all in sent.files.items()}
    said = hashlib.sha256(repr((address, checked.values, sizes)).encode("utf-8", "replace")).hexdigest()[:32]
    turn = int(timezone.now().timestamp()) // ALIKE
    before = f"same:{said}:{turn - 1}"
    recent = timezone.now() - timedelta(seconds=ALIKE)
    rows = InboundPayload.objects.filter(channel=channel, source=SOURCE, external_id=before)
    return before if rows.filter(received_at__gte=recent).exists() else f"same:{said}:{turn}"


def _page_of(request: HttpRequest, sent: Sent) -> str:
    page = sent.page or ("" if gate.is_ours(request) else request.headers.get("Referer", ""))
    return page[:2000] if definition.is_web(page) else ""
