"""Acme with a provider that is switched on, and a browser that goes all the way."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from sso.actions import set_provider
from tests.sso.idp import CLIENT, SECRET, Idp


@pytest.fixture(scope="module")
def one_idp(tmp_path_factory):
    idp = Idp(tmp_path_factory.mktemp("idp"))
    yield idp
    idp.stop()


@pytest.fixture
def idp(one_idp, settings):
    cache.clear()
    settings.EGRESS_ALLOWED, settings.EGRESS_CA = [one_idp.place], one_idp.authority
    one_idp.says, one_idp.algorithm, one_idp.kid = {}, "RS256", "k1"
    one_idp.key = one_idp.published
    yield one_idp
    cache.clear()


@pytest.fixture
def switched_on(acme, ada, idp):
    """Call it with what differs; everything else is as usual."""

    def switch(**values):
        told = {
            "on": True,
            "issuer": idp.issuer,
            "client_id": CLIENT,
            "secret": SECRET,
            "domains": ["acme.example"],
            "newcomer_role": "",
            "required": False,
        } | values
        with acme.scope():
            set_provider(acme.workspace, told, by=ada)

    return switch


@pytest.fixture
def come_in(idp):
    """Through the door, to the provider and back; returns (client, answer of the way back)."""

    def go(client: Client | None = None, slug: str = "acme", **query):
        client = client or Client()
        away = client.get(f"/sso/{slug}/visit/", query)
        assert away.status_code == 302, away.content.decode()
        return client, client.get(idp.visit(away["Location"]))

    return go


@pytest.fixture
def prove(come_in):
    """The same for who comes the first time, with the mailed code."""

    def go(client: Client | None = None, **query):
        client, answer = come_in(client, **query)
        assert answer.status_code == 302 and answer["Location"] == "/sso/acme/proof/", answer.content.decode()
        return client, client.post(answer["Location"], {"code": code_in_mail()})

    return go


def code_in_mail() -> str:
    lines = mail.outbox[-1].body.splitlines()
    return next(line for line in lines if len(line) == 9 and line[4] == "-")
