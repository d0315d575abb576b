import pytest
from django.test import RequestFactory

from config.middleware import believed_address
from tests.house.test_urls import patterns


def seen(settings, proxies: int, forwarded: str) -> str:
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded})
    return believed_address(lambda request: request.META["REMOTE_ADDR"])(request)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6", "6.6.6.6"),
        (1, "1.1.1.1, 6.6.6.6", "6.6.6.6"),
        (2, "1.1.1.1, 6.6.6.6, 7.7.7.7", "6.6.6.6"),
        (2, "6.6.6.6", "10.0.0.1"),
        (1, "not an address", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_declared_proxies_are_believed(settings, proxies, forwarded, address):
    """T032: a visitor cannot choose the address that limits count."""
    assert seen(settings, proxies, forwarded) == address


@pytest.mark.django_db(databases=["default", "maintenance"])
def test_every_answer_carries_the_policy(client):
    """T042: pages, fragments, errors and files alike."""
    public = [path for _name, path, _entry in patterns() if "<" not in path and "(" not in path]
    for path in [*public, "no/such/page", "static/favicon.svg"]:
        answer = client.get(f"/{path}")
        policy = answer.headers.get("Content-Security-Policy", "")
        assert "default-src 'none'" in policy or path.startswith(("static/", "demo/")), f"/{path}: {policy}"
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path


def test_no_page_may_be_framed_elsewhere(client, db):
    answer = client.get("/account/login/")
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


def test_the_language_is_the_browsers_until_somebody_chooses(client, db):
    french = client.get("/account/login/", headers={"Accept-Language": "fr-CH,fr;q=0.9"})
    assert french["Content-Language"] == "fr"
    client.cookies["parley-language"] = "en"
    assert client.get("/account/login/", headers={"Accept-Language": "fr"})["Content-Language"] == "en"
