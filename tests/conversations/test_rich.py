"""What an editor's HTML becomes: clean HTML, and plain words that say the same."""

import pytest

from conversations.rich import clean, pictures_in, plain

HOSTILE = [
    "<script>x()</script>",
    '<img src="https://spy.example/1.gif">',
    '<img src="data:image/svg+xml;base64,AAAA">',
    '<a href="javascript:x()">go</a>',
    '<a href="cid:1">go</a>',
    '<p onclick="x()" style="position:fixed" hx-get="/x" data-hx-get="/x" id="app">t</p>',
    "<form action=/x><input name=y></form>",
    "<svg><a xlink:href='javascript:x()'><text>t</text></a></svg>",
    "<style>@import 'https://spy.example'</style>",
    '<iframe srcdoc="<script>x()</script>"></iframe>',
    "<math><mtext></form><form><mglyph><style></math><img src onerror=x()>",
]


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_that_acts_or_fetches_is_left(html):
    """T041, T045."""
    cleaned = clean(f"<p>words</p>{html}")
    for wrong in (
        "script",
        "spy.example",
        "data:",
        "onclick",
        "onerror",
        "style",
        "hx-",
        "id=",
        "form",
        "svg",
        "iframe",
    ):
        assert wrong not in cleaned
    assert "words" in cleaned and 'href="cid' not in cleaned


def test_what_an_editor_writes_stays():
    html = (
        '<h2>Hi</h2><p>A <strong>b</strong> <a href="https://x.example/?a=1&amp;b=2">link</a></p>'
        '<ul><li><p>one</p></li></ul><blockquote><p>q</p></blockquote><img src="cid:k" alt="plan">'
    )
    assert plain(clean(html)) == "Hi\n\nA b link <https://x.example/?a=1&b=2>\n\n- one\n\n> q\n\n[plan]"
    assert pictures_in(clean(html)) == ["k"]


def test_an_empty_editor_is_no_html():
    assert clean("<p></p>") == clean("<p><br></p>") == ""
    assert clean('<p><img src="cid:k"></p>') != "", "a picture alone is something"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<p>one<br>two</p>", "one\ntwo"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<p>1 &lt; 2 &amp; 3</p>", "1 < 2 & 3"),
        ('<a href="https://x.example">x.example</a>', "x.example"),
        ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
        ("<blockquote><p>a</p><p>b</p></blockquote><p>c</p>", "> a\n>\n> b\n\nc"),
        ("<p>a</p><hr><p>b</p>", "a\n\n---\n\nb"),
    ],
)
def test_the_plain_twin(html, words):
    assert plain(html) == words
