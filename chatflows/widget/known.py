"""Who comes, for a page view that asks: a pass for the rules on known visitors, from a token that the site's own server signed (TG-6).

The pass is sealed and says whom the page's address and signature named. It chooses a chatflow and opens nothing: no chat, no name,
no property leaves by it. Without one a page view asks no database; with one, once a minute for each person.
"""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt

from chatflows.facts import of_contact
from chatflows.widget import limits
from chatflows.widget.door import KEY_HEADER, Turned, channel_of, private, read_json, text, turn_away
from chatflows.widget.identity import GOOD_FOR, IDENTIFY_BY_ADDRESS, LONGEST, Claim, read_token
from contacts.list_marks import of_contact as lists_of
from contacts.models import ContactAddress
from inboxes.models import Channel
from workspaces.access import visitor
from workspaces.scope import workspace_scope
from workspaces.sealed import Unreadable, seal, unseal

KEPT = 60.0  # seconds
MOST = 2000
LONGEST_PASS = 1000


@dataclass(frozen=True, slots=True)
class Person:
    """An identified visitor, as lines of a targeting ask about them (TG-5)."""

    contact: Mapping[str, Any] = field(default_factory=dict)
    company: Mapping[str, Any] = field(default_factory=dict)
    lists: frozenset[str] = frozenset()


_kept: OrderedDict[tuple[int, str], tuple[float, Person]] = OrderedDict()
_guard = threading.Lock()


@visitor
@csrf_exempt  # nobody is signed in here, and what it answers is worth nothing to anybody else
def known(request):
    """POST: the address and the signature of a page -> a pass. The panel asks, for the page itself may connect to nobody."""
    try:
        if request.method != "POST":
            raise Turned(405, "method")
        sent = read_json(request)
        with channel_of(request.headers.get(KEY_HEADER, "")) as channel:
            limits.take(IDENTIFY_BY_ADDRESS, limits.block_of(request.META.get("REMOTE_ADDR", "")))
            claim = read_token(channel, text(sent, "token", LONGEST + 1), text(sent, "email", 254))
            if claim is None:
                raise Turned(403, "identity")
            return private(JsonResponse({"pass": pass_of(channel, claim)}))
    except (Turned, limits.Limited) as no:
        return turn_away(no)


def pass_of(channel: Channel, claim: Claim) -> str:
    told = json.dumps([claim.email, int(time.time() + GOOD_FOR.total_seconds())])
    return seal(told, about=_about(channel.workspace_id, channel.pk))


def _about(workspace_id: int, channel_id: int) -> str:
    return f"known:{workspace_id}:{channel_id}"


def person_of(given: str, *, workspace_id: int, channel_id: int) -> Person | None:
    """Whom a pass names; None for one that is none, is another channel's, or is too old."""
    if not given or len(given) > LONGEST_PASS:
        return None
    try:
        email, until = json.loads(unseal(given, about=_about(workspace_id, channel_id)))
    except (Unreadable, ValueError):
        return None
    return _person(workspace_id, email) if time.time() < until else None


def _person(workspace_id: int, email: str) -> Person:
    name, now = (workspace_id, email), time.monotonic()
    with _guard:
        made, found = _kept.get(name, (0.0, None))
    if found is not None and now - made < KEPT:
        return found
    found = _load(workspace_id, email)
    with _guard:
        _kept[name] = (now, found)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return found


def _load(workspace_id: int, email: str) -> Person:
    """Somebody whom the team does not have yet is known all the same: their own site vouches for them."""
    with workspace_scope(workspace_id):
        rows = ContactAddress.objects.select_related("contact__company").filter(kind="email", value=email)
        row = rows.filter(contact__deleted_at=None).first()
        if row is None:
            return Person({"email": email})
        facts = of_contact(row.contact) | {"contact.email": email}
        return Person(_part(facts, "contact."), _part(facts, "company."), lists_of(row.contact_id))


def _part(facts: dict[str, Any], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in facts.items() if name.startswith(prefix)}


def forget() -> None:
    _kept.clear()
