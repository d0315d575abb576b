import pytest

from config.logs import without_secrets


@pytest.mark.parametrize(
    "key", ["password", "token", "X-Parley-Token", "csrf_cookie", "authorization", "ticket"]
)
def test_secrets_do_not_reach_the_log(key):
    """T148."""
    assert without_secrets(None, "info", {"event": "x", key: "CANARY"})[key] == "[removed]"


@pytest.mark.parametrize(
    "path",
    [
        "/invitations/7.CANARY/",
        "/account/password/reset/key/2-CANARY/",
        "/account/confirm-email/CANARY/",
        "/live/tickets/1.2:CANARY/",
        "/live/rate/1.2:CANARY/?score=5",
        "/live/chat/back/1.2:CANARY/",
        "/notifications/stop/CANARY/",
        "/live/mail/mailgun/CANARY/",
    ],
)
def test_links_that_open_doors_are_masked(path):
    written = without_secrets(None, "info", {"event": f"Not Found: {path}", "request": f"GET {path}"})
    assert "CANARY" not in str(written)
    assert any(room in str(written) for room in ("invitations", "account", "live", "stop"))
