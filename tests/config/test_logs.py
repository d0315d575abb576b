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
    ["/invitations/7.CANARY/", "/account/password/reset/key/2-CANARY/", "/account/confirm-email/CANARY/"],
)
def test_links_that_open_doors_are_masked(path):
    written = without_secrets(None, "info", {"event": f"Not Found: {path}", "request": f"GET {path}"})
    assert "CANARY" not in str(written)
    assert "invitations" in str(written) or "account" in str(written)
