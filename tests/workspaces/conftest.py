"""Fixtures of the pages of people: counters that begin at nought, and a way through the sign-in page."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories import PASSWORD


@pytest.fixture(autouse=True)
def fresh_counters():
    """Rate limits live in the cache, which outlasts a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def after_commit(django_capture_on_commit_callbacks):
    """`with after_commit():` runs what waits for the commit, such as sending mail."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def sign_in():
    """Go through the sign-in page; returns the client and the answer."""

    def go(email: str, password: str = PASSWORD, client: Client | None = None, **extra):
        client = client or Client()
        answer = client.post("/account/login/", {"login": email, "password": password, **extra})
        return client, answer

    return go
