"""Whatever an address says after its question mark is answered, refused or passed over, and never with 500 (T113).

Which names a page reads is heard from the page itself: each line of ours that reads one is asked once. Pages of members take
turns with the odd values, for time's sake; what anybody may ask for is asked with all of them.
"""

import sys
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from chatflows.models import Article
from tests.house.test_urls import MEMBER, address, objects, undone

# No Python reads it, a moment that no log has, a digit that is no number, a day without a next one; and no column keeps it.
ODD = ("9" * 5000, "0001-01-01T00:00:00+14:00,1", "²", "9999-12-31", "a\0b")
# What a page must be told before it reads the rest.
FIRST = {
    "analytics:behind": (
        "what=created",
        "what=created&by=label&value=1&step=day&at=2026-05-01",
        "what=open_then&step=day&at=2026-05-01",
    ),
    "contacts:list": ("", "sort=name"),
    "contacts:companies": ("", "sort=new"),
}
# In three parts, so that nobody waits long for one.
PARTS = ({"analytics"}, {"contacts", "conversations", "tickets"}, set())


class Heard:
    """The names that are read of an address, each with the line of ours that does."""

    def __init__(self, monkeypatch):
        self.names: dict[str, str] = {}
        for method in ("__getitem__", "_getlist", "__contains__"):
            monkeypatch.setattr(QueryDict, method, self._listening(getattr(QueryDict, method)))

    def _listening(self, usual: Callable) -> Callable:
        def listen(query, name, *args, **kwargs):
            if not query._mutable and isinstance(name, str):
                self.names.setdefault(name, _place())
            return usual(query, name, *args, **kwargs)

        return listen


def _place() -> str:
    frame = sys._getframe(2)
    while frame and any(word in frame.f_code.co_filename for word in ("site-packages", "/tests/")):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else ""


class Asking:
    """Asks addresses; remembers which line was asked for which name, and what broke."""

    def __init__(self, client: Client, monkeypatch):
        client.raise_request_exception = False
        self.client, self.heard = client, Heard(monkeypatch)
        self.asked: set[tuple[str, str]] = set()
        self.broken: dict[str, str] = {}

    def status(self, url: str, **headers) -> int:
        with undone():
            return self.client.get(url, headers=headers).status_code

    def ask(self, url: str, first: str = "", *, all_of_them: bool = False, **headers) -> None:
        self.heard.names = {}
        if self.status(f"{url}?{first}", **headers) in (404, 405):
            return
        for read in [one for one in self.heard.names.items() if one not in self.asked]:
            self.asked.add(read)
            for value in ODD if all_of_them else [ODD[len(self.asked) % len(ODD)]]:
                said = QueryDict(first, mutable=True)
                said[read[0]] = value
                if (got := self.status(f"{url}?{said.urlencode()}", **headers)) >= 500:
                    self.broken[f"{url} {read[0]}={value[:30]!r}"] = f"{got} at {read[1]}"


def of_members(mine: dict, rooms: set[str]) -> Iterator[tuple[str, str]]:
    """The rooms named; of none, whatever the other parts leave."""
    others = set().union(*PARTS)
    for name, entry in MEMBER:
        room = name.split(":")[0]
        if room in rooms or (not rooms and room not in others):
            for first in FIRST.get(name, ("",)):
                yield address(name, entry, "acme", mine.__getitem__), first


@pytest.mark.parametrize("rooms", PARTS)
def test_no_parameter_breaks_a_page(rooms, acme, ada, client_of, monkeypatch):
    mine, asking = objects(acme), Asking(client_of(ada), monkeypatch)
    for url, first in of_members(mine, rooms):
        asking.ask(url, first)
    assert not asking.broken


def test_no_parameter_breaks_what_anybody_may_ask_for(acme, client, monkeypatch):
    with acme.scope():
        Article.objects.create(title="Prices", slug="prices", body="<p>Free</p>", published_at=timezone.now())
    asking, chat, form = Asking(client, monkeypatch), acme.chat.identifier, acme.form.identifier
    begun = client.post("/live/session/", {"key": chat}, content_type="application/json")
    headers = {"X-Parley-Key": chat, "X-Parley-Visitor": begun.json()["token"]}
    for url in (
        "/account/login/", "/healthz", "/help/acme/", "/live/w.js", f"/live/chat/{chat}/", f"/live/config/{chat}/",
        f"/live/config/{chat}.js", f"/live/panel/{chat}/", "/live/rate/1.1:x/", "/live/tickets/1.1:x/", f"/live/forms/{form}/",
        f"/live/files/{uuid.uuid4()}/",
    ):  # fmt: skip
        asking.ask(url, all_of_them=True)
    for path in ("messages", "conversations", "transcript", "owner", "articles"):
        asking.ask(f"/live/{path}/", all_of_them=True, **headers)
    assert not asking.broken
