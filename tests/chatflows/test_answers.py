"""What a page view of a customer's site costs us: once asked, the settings are at hand."""

import gzip
import threading
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chatflows.widget import answers
from inboxes.models import Channel

MODULE = "/live/config/acme-chat.js"


def asked(client, **headers):
    return client.get(MODULE, {"lang": "fr"}, headers=headers)


def test_a_page_view_costs_no_query_once_warm(acme, client, django_assert_num_queries):
    first = asked(client)
    with django_assert_num_queries(0):
        assert asked(client).content == first.content
    with django_assert_num_queries(0):
        assert asked(client, **{"If-None-Match": first["ETag"]}).status_code == 304


def test_the_session_of_whoever_looks_is_not_touched(acme, ben, client_of, django_assert_num_queries):
    signed_in: Client = client_of(ben)
    asked(signed_in)
    with django_assert_num_queries(0):
        answer = asked(signed_in)
    assert answer["Vary"] == "Accept-Encoding"
    assert not answer.cookies
    assert answer["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600"


def test_each_form_has_its_own_name(acme, client):
    plain, packed = asked(client), asked(client, **{"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] != plain["ETag"]
    assert asked(client, **{"If-None-Match": packed["ETag"]}).status_code == 200


def test_languages_that_we_do_not_speak_are_kept_once(acme, client):
    for language in ("en", "en-GB", "fr_CA", "ja", "xx", "", "'" * 300):
        client.get(MODULE, {"lang": language})
    assert len(answers._kept) == 3


def test_what_is_kept_is_half_a_minute_old_at_most(acme, client, monkeypatch):
    asked(client)
    with acme.scope():
        Channel.objects.filter(pk=acme.chat.pk).update(config={"name": "Lumen"})
    assert "Lumen" not in asked(client).content.decode()
    monkeypatch.setattr(answers, "KEPT", 0.0)
    assert "Lumen" in asked(client).content.decode()


@pytest.mark.parametrize("warm", [True, False])
def test_one_at_a_time_makes_it_anew(monkeypatch, warm):
    """A thousand page views in the second when it grows old ask the database once."""
    answers.forget()
    if warm:
        answers.answer("x", lambda: (200, b"old"))
        monkeypatch.setattr(answers, "KEPT", -1.0)
    made, got = [], []

    def slowly():
        made.append(1)
        time.sleep(0.2)
        return 200, b"new"

    threads = [
        threading.Thread(target=lambda: got.append(answers.answer("x", slowly).plain)) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert sorted(set(got)) == ([b"new", b"old"] if warm else [b"new"])
    answers.forget()


def test_cold_it_costs_few(acme, client):
    with CaptureQueriesContext(
        connection,
    ) as asked_of_the_database:
        asked(client)
    assert len(asked_of_the_database) < 17  # the channel, its people, its hours, and its chatflows made ready
