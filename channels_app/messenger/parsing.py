"""A signed post of Meta's becomes a list of Inbound. Pure: no database, no network, no clock.

Whatever stands in it, only two exceptions leave: BadSignature and MalformedPayload. What one entry or event says wrong
costs that one alone.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence

from channels_app.messenger import signature
from channels_app.messenger.parts import parts_of
from channels_app.messenger.told import (
    DELIVERY,
    ECHO,
    EDIT,
    HANDOVER,
    MESSAGE,
    OPTIN,
    OTHER,
    POSTBACK,
    REACTION,
    READ,
    REFERRAL,
    UNSEND,
    Inbound,
    Referral,
)
from channels_app.messenger.values import (
    count_of,
    dict_of,
    dicts_of,
    id_of,
    moment_of,
    payload_of,
    text_of,
    url_of,
    yes,
)

HANDOVERS = ("pass_thread_control", "take_thread_control", "request_thread_control", "app_roles")
UNSENDS = ("message_unsend", "unsend", "message_deletion")
AROUND = {"sender", "recipient", "timestamp", "prior_message", "id", "time", "hop_context", "from"}
# Without a person nobody can be answered; these are about the page itself.
NEEDS_NOBODY = (HANDOVER, OTHER)


class MalformedPayload(Exception):
    """Not JSON, or no object."""


def parse(body: bytes, headers, *, secrets: str | Sequence[str] | None = None) -> list[Inbound]:
    """Return what a post to our webhook says. Raises BadSignature before anything is read, or MalformedPayload.

    `secrets`: the app's secret, or several while it is changed; by default that of the installation
    (MESSENGER_APP_SECRET).
    """
    if secrets is None:
        secrets = _of_the_installation()
    if isinstance(secrets, str):
        secrets = [secrets]
    body = body.encode() if isinstance(body, str) else bytes(body)
    signature.check(body, headers, secrets)
    return read(body)


def _of_the_installation() -> list[str]:
    from django.conf import settings  # here, so that all else of this room needs no settings

    return [settings.MESSENGER_APP_SECRET]


def read(body: bytes) -> list[Inbound]:
    """The same for bytes whose signature was checked when they came. Copies within one post are one."""
    found: dict[Inbound, None] = {}
    for entry in entries_of(body):
        for one in _of_entry(entry):
            found.setdefault(one)
    return list(found)


def entries_of(body: bytes) -> list[dict]:
    """The entries for pages; posts about other objects (an Instagram account, a WhatsApp number) have none."""
    try:
        told = json.loads(body, parse_constant=_no_number, parse_int=_whole_number)
    except (ValueError, RecursionError) as error:
        raise MalformedPayload(f"{type(error).__name__}") from None
    if not isinstance(told, dict):
        raise MalformedPayload("not an object")
    return dicts_of(told.get("entry")) if told.get("object") == "page" else []


def _no_number(name: str):
    raise ValueError(f"{name} is not JSON")


def _whole_number(digits: str) -> int:
    """What no id and no time is costs nothing to read."""
    return int(digits) if len(digits) < 100 else 0


def page_of(entry: dict) -> str:
    """Whose entry it is. Old posts name the page only in their events."""
    if page := id_of(entry.get("id")):
        return page
    for event, _is_standby in events_of(entry):
        side = "sender" if _is_echo(event, "") else "recipient"
        if page := id_of(dict_of(event.get(side)).get("id")):
            return page
    return ""


def events_of(entry: dict) -> Iterator[tuple[dict, bool]]:
    """(event, whether another app answers this person). What happens on the page's wall is no event of Messenger."""
    for name in ("messaging", "standby"):
        yield from ((event, name == "standby") for event in dicts_of(entry.get(name)))
    for change in dicts_of(
        entry.get("changes")
    ):  # some are documented, and sent for trial, in the form of the wall's
        name, value = text_of(change.get("field"), 60), dict_of(change.get("value"))
        if name.startswith(("messag", "standby")) and ("sender" in value or "recipient" in value):
            yield value, name == "standby"


def _of_entry(entry: dict) -> Iterator[Inbound]:
    page = page_of(entry)
    if not page:
        return
    for event, is_standby in events_of(entry):
        try:
            one = _read_event(event, page, entry, is_standby=is_standby)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            continue  # one bad event never spoils the batch
        if one and (one.user_id or one.user_ref or one.kind in NEEDS_NOBODY):
            yield one


def _is_echo(event: dict, page: str) -> bool:
    """Said by the page: as Meta tells, or because nobody writes to a page as that page."""
    message = dict_of(event.get("message"))
    return bool(message) and (yes(message.get("is_echo")) or _sender(event) == page != "")


def _sender(event: dict) -> str:
    return id_of(dict_of(event.get("sender")).get("id"))


def _read_event(event: dict, page: str, entry: dict, *, is_standby: bool) -> Inbound | None:
    around = {
        "page_id": page,
        "user_id": _person(event, page),
        "user_ref": _user_ref(event),
        "sent_at": moment_of(event.get("timestamp"), entry.get("time")),
        "is_standby": is_standby,
    }
    for name, reader in READERS.items():
        if isinstance(event.get(name), dict):
            return reader(event[name], event, around)
    for name in HANDOVERS:
        if name in event:
            return Inbound(HANDOVER, event=name, told=dict_of(event[name]), **around)
    name = next((key for key in event if key not in AROUND), "")
    return Inbound(OTHER, event=text_of(name, 60), told=dict_of(event.get(name)), **around) if name else None


def _person(event: dict, page: str) -> str:
    """The side that is not the page."""
    sender, recipient = _sender(event), id_of(dict_of(event.get("recipient")).get("id"))
    order = (recipient, sender) if _is_echo(event, page) else (sender, recipient)
    return next((one for one in order if one and one != page), "")


def _user_ref(event: dict) -> str:
    places = (event.get("sender"), event.get("recipient"), event.get("optin"))
    return next(filter(None, (id_of(dict_of(place).get("user_ref")) for place in places)), "")


# ── What stands in the thread ───────────────────────────────────────────────────────────────────────────────────


def _message(message: dict, event: dict, around: dict) -> Inbound:
    mid = id_of(message.get("mid")) or id_of(message.get("id"))
    if yes(message.get("is_deleted")):
        return Inbound(UNSEND, mid=mid, **around)
    quick, text, parts = dict_of(message.get("quick_reply")), text_of(message.get("text")), parts_of(message)
    payload = payload_of(quick.get("payload"))
    readable = text.strip() or any(part.is_readable for part in parts)
    if not readable and payload:
        text = readable = payload
    reply = dict_of(message.get("reply_to"))
    return Inbound(
        ECHO if _is_echo(event, around["page_id"]) else MESSAGE,
        mid=mid or _made_up(message, around),
        text=text,
        parts=parts,
        payload=payload,
        reply_to=id_of(reply.get("mid")),
        referral=_referral_of(message.get("referral"), event.get("referral")),
        is_unsupported=not readable or yes(message.get("is_unsupported")),
        app_id=id_of(message.get("app_id")),
        metadata=text_of(message.get("metadata"), 1000),
        **around,
    )


def _postback(postback: dict, event: dict, around: dict) -> Inbound:
    title, payload = text_of(postback.get("title"), 500), payload_of(postback.get("payload"))
    return Inbound(
        POSTBACK,
        mid=id_of(postback.get("mid")) or _made_up(postback, around),
        text=title or payload,
        payload=payload,
        referral=_referral_of(postback.get("referral"), event.get("referral")),
        is_unsupported=not (title or payload),
        **around,
    )


def _made_up(told: dict, around: dict) -> str:
    """An id for what came without one: the same for a copy of it, another for anything else."""
    said = json.dumps(told, sort_keys=True, default=str)
    moment = around["sent_at"].isoformat() if around["sent_at"] else ""
    whole = "\0".join((around["page_id"], around["user_id"], moment, said))
    return f"made:{hashlib.sha256(whole.encode(errors='replace')).hexdigest()[:40]}"


# ── What changes something that stands ──────────────────────────────────────────────────────────────────────────


def _reaction(told: dict, event: dict, around: dict) -> Inbound:
    return Inbound(
        REACTION,
        mid=id_of(told.get("mid")),
        reaction=text_of(told.get("reaction"), 40),
        emoji=text_of(told.get("emoji"), 20),
        is_removed=text_of(told.get("action")).lower() == "unreact",
        **around,
    )


def _edit(told: dict, event: dict, around: dict) -> Inbound:
    return Inbound(
        EDIT,
        mid=id_of(told.get("mid")),
        text=text_of(told.get("text")),
        edits=count_of(told.get("num_edit")),
        **around,
    )


def _unsend(told: dict, event: dict, around: dict) -> Inbound:
    return Inbound(UNSEND, mid=id_of(told.get("mid")), **around)


def _delivery(told: dict, event: dict, around: dict) -> Inbound:
    return Inbound(DELIVERY, **_receipt(told), **around)


def _read(told: dict, event: dict, around: dict) -> Inbound:
    return Inbound(READ, **_receipt(told), **around)


def _receipt(told: dict) -> dict:
    listed = told.get("mids")
    mids = [id_of(mid) for mid in (listed if isinstance(listed, list) else [told.get("mid")])]
    return {"watermark": moment_of(told.get("watermark")), "mids": tuple(filter(None, mids))[:500]}


# ── How somebody came ───────────────────────────────────────────────────────────────────────────────────────────


def _referral(told: dict, event: dict, around: dict) -> Inbound:
    return Inbound(REFERRAL, referral=_referral_of(told), payload=payload_of(told.get("ref")), **around)


def _optin(told: dict, event: dict, around: dict) -> Inbound:
    return Inbound(
        OPTIN,
        text=text_of(told.get("title"), 500),
        payload=payload_of(told.get("payload")),
        referral=_referral_of(told) if id_of(told.get("ref")) else None,
        event=text_of(told.get("type"), 60),
        told=told,
        **around,
    )


def _referral_of(*candidates) -> Referral | None:
    told = next((one for one in candidates if isinstance(one, dict) and one), None)
    if told is None:
        return None
    advertised = dict_of(told.get("ads_context_data"))
    return Referral(
        ref=payload_of(told.get("ref")),
        source=text_of(told.get("source"), 60),
        type=text_of(told.get("type"), 60),
        ad_id=id_of(told.get("ad_id")),
        url=url_of(told.get("referer_uri")) or url_of(told.get("url")),
        product_id=id_of(dict_of(told.get("product")).get("id")) or id_of(advertised.get("product_id")),
    )


READERS = {
    "message": _message,
    "postback": _postback,
    "reaction": _reaction,
    "message_edit": _edit,
    **dict.fromkeys(UNSENDS, _unsend),
    "delivery": _delivery,
    "read": _read,
    "optin": _optin,
    "referral": _referral,
}
