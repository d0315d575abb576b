"""The matrix: every address x every role x another workspace's objects (T001, T002, T020).

An address that this page does not know fails, so that a new one is here the day it is born.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from config.access import access_of
from tests.factories import make_member
from tests.house.objects import NAMED, WORDS, objects
from workspaces import tokens
from workspaces.access import Access
from workspaces.permissions import Permission, Role

# What no view takes (PUT, PATCH) is refused alike; DELETE stands for it.
METHODS = ("get", "post", "delete")


def patterns(resolver=None, prefix="", namespace="") -> Iterator[tuple[str, str, URLPattern]]:
    """(name with namespace, path, pattern) of every address."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, path, inner)
        else:
            yield f"{namespace}{entry.name}", path, entry


ALL = list(patterns())
MEMBER = [
    (name, entry)
    for name, _path, entry in ALL
    if getattr(entry.callback, "access", Access("")).who == "member"
]
# Those that a program enters with a key.
TOKEN = [
    (name, entry)
    for name, _path, entry in ALL
    if getattr(entry.callback, "access", Access("")).who == "token"
]


class _Match:
    def __init__(self, name: str):
        self.view_name = name


def test_every_address_declares_who_may_enter():
    """SECURITY root cause 10."""
    undeclared = [path for name, path, entry in ALL if access_of(entry.callback, _Match(name)) is None]
    assert not undeclared, f"No access declared for: {undeclared}"


def test_every_address_of_a_workspace_is_for_its_members():
    strangers = [path for name, path, entry in ALL if "workspace>" in path and (name, entry) not in MEMBER]
    assert not strangers, f"Under /w/<workspace>/ but not for members: {strangers}"


def arguments(entry: URLPattern) -> list[str]:
    return [name for name in re.findall(r"<(?:\w+:)?(\w+)>", str(entry.pattern)) if name != "workspace"]


def address(name: str, entry: URLPattern, slug: str, choose: Callable[[str], object]) -> str:
    """The address with each argument chosen by what it names; an unknown argument is a failing test."""
    given = {"workspace": slug}
    for argument in arguments(entry):
        if argument in WORDS:
            given[argument] = WORDS[argument]
            continue
        named = NAMED.get(name) or NAMED.get(name.split(":")[0], {})
        assert argument in named, f"Tell tests/house/test_urls.py what <{argument}> of {name} names."
        given[argument] = choose(named[argument])
    return reverse(name, kwargs=given)


def answer(client: Client, method: str, url: str):
    return getattr(client, method)(url, **({"data": {}} if method == "post" else {}))


@contextmanager
def undone() -> Iterator[None]:
    """What is done in here is taken back: one house serves every question about an address."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


ROOMS = sorted({name.split(":")[0] for name, _entry in MEMBER})


@pytest.mark.parametrize("room", ROOMS)
def test_every_address_is_closed_to_whom_it_does_not_serve(room, acme, globex, ada, cleo, client, client_of):
    """One house for all addresses of a room: making it costs more than asking."""
    mine, theirs = objects(acme), objects(globex)
    stranger, own = client_of(cleo), client_of(ada)
    members = [make_member(acme.workspace, f"{role}@acme.example", "Xenia", role) for role in Role.values]
    roles = [(member, client_of(member)) for member in members]
    wrong = {}
    for name, entry in MEMBER:
        if name.split(":")[0] != room:
            continue
        try:
            with undone():
                url = address(name, entry, "acme", mine.__getitem__)
                a_stranger_finds_nothing(stranger, url)
                another_workspaces_objects_do_not_exist(own, name, entry, mine, theirs)
                signed_out_is_asked_to_sign_in(client, url)
                every_role_finds_what_it_may(roles, url, entry)
        except AssertionError as error:
            wrong[name] = str(error).split("\n")[0]
    assert not wrong


def every_role_finds_what_it_may(roles, url, entry):
    """Every role that may not, and the first of those that may: what it does is the same for all of them."""
    needed = entry.callback.access.permission
    may = [not needed or member.may(needed) for member, _client in roles]
    for place, (member, client) in enumerate(roles):
        if not may[place] or place == may.index(True):
            with undone():
                a_role_without_the_permission_finds_nothing(client, url, member, entry)


def a_stranger_finds_nothing(client, url):
    """T001: Cleo of Globex asks under Acme's name, for Acme's objects."""
    for method in METHODS:
        with undone():
            got = answer(client, method, url).status_code
        assert got in (404, 405), f"{method} gave {got}"


def another_workspaces_objects_do_not_exist(client, name, entry, mine, theirs):
    """T001, T002: Ada of Acme asks under her own name for Globex's objects, one argument at a time."""
    for foreign in [argument for argument in arguments(entry) if argument not in WORDS]:
        kinds = NAMED.get(name) or NAMED[name.split(":")[0]]

        def choose(kind, bad=kinds[foreign]):
            return theirs[kind] if kind == bad else mine[kind]

        url = address(name, entry, "acme", choose)
        for method in ("get", "post"):
            with undone():
                got = answer(client, method, url)
            assert got.status_code in (404, 405), f"{method} {url} gave {got.status_code}"
            assert b"CANARY" not in got.content


def signed_out_is_asked_to_sign_in(client, url):
    got = client.get(url)
    assert got.status_code == 405 or got.url.startswith("/account/login/")
    assert client.post(url).status_code in (401, 405)


def a_role_without_the_permission_finds_nothing(client, url, member, entry):
    """T020: straight at the address, without the page."""
    needed = entry.callback.access.permission
    got = answer(client, "post", url).status_code
    if needed and not member.may(needed):
        assert got in (404, 405), f"{member.role} got {got}"
    else:
        assert got < 500, f"{member.role} got {got}"


def test_a_key_opens_nothing_of_another_workspace_and_nothing_beyond_its_scopes(acme, globex, ada, cleo):
    """T001, T002, T020, for programs: Ada's key asks for Globex's objects, and a key without scopes for Acme's."""
    mine, theirs = objects(acme), objects(globex)
    with acme.scope():
        keys = [
            tokens.make_token(ada, name="Nightly", scopes=scopes, days=None)[1]
            for scopes in (Permission.values, [])
        ]
    full, bare = (Client(headers={"Authorization": f"Bearer {key}"}) for key in keys)
    for name, entry in TOKEN:
        kinds = NAMED.get(name.split(":")[0], {})
        named = [argument for argument in arguments(entry) if argument in kinds]
        for bad in named:
            chosen = {one: (theirs if one == bad else mine)[kinds[one]] for one in named}
            for method in ("GET", "POST", "PATCH", "DELETE"):
                with undone():
                    got = full.generic(method, reverse(name, kwargs=chosen), "{}", "application/json")
                assert got.status_code in (404, 405), f"{method} {name} gave {got.status_code}"
                assert b"CANARY" not in got.content
        if entry.callback.access.permission:
            own = {one: mine[kinds[one]] if one in kinds else "volume" for one in arguments(entry)}
            got = [
                bare.generic(method, reverse(name, kwargs=own)).status_code
                for method in ("GET", "POST", "DELETE")
            ]
            assert set(got) <= {403, 405} and 403 in got, f"{name} gave {got} to a key without scopes"
