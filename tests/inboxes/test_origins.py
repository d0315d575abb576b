"""T067: what a person types becomes an exact origin, or a mistake. Nothing else gets near a header."""

import pytest

from inboxes.origins import NotASite, read_sites, to_origin


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("shop.example", "https://shop.example"),
        ("https://Shop.Example/path?x=1#y", "https://shop.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("*.shop.example", "https://*.shop.example"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("shop.example.", "https://shop.example"),
    ],
)
def test_sites(typed, origin):
    assert to_origin(typed) == origin


@pytest.mark.parametrize(
    "typed",
    [
        "'self'",
        "*",
        "https://*",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://user:pass@shop.example",
        "https://shop.example;script-src",
        "https://shop_example",
        "https://shop.example:99999",
        "https://[::1]",
        "https://",
        "https://a..b",
        "https://-a.example",
        "ftp://shop.example",
        "https://" + "a" * 64 + ".example",
        "https://exa*mple.com",
    ],
)
def test_what_is_no_site(typed):
    with pytest.raises(NotASite):
        to_origin(typed)


def test_lines_are_read_once_each():
    assert read_sites(" a.example\n\nhttps://a.example/\r\nb.example ") == [
        "https://a.example",
        "https://b.example",
    ]
