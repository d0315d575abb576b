"""Whatever the bytes, a mail comes back, in bounded time, with text that can be stored (T092 to T094)."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.mail.mutate import mutations
from channels_app.email import parse
from channels_app.email.parsing import Attachment, ParsedMail
from tests.channels_app.parsing.test_corpus import MAILS
from tests.channels_app.parsing.test_sanitise import complaints

MEGA = 1_000_000
REPLY = b"From: a@b.example\nSubject: Re: x\nIn-Reply-To: <a@b>\n"
TEXT = REPLY + b"Content-Type: text/plain; charset=utf-8\n\n"
HTML = REPLY + b"Content-Type: text/html; charset=utf-8\n\n"
HOSTILE = {
    "a megabyte of >": TEXT + b">" * MEGA,
    "a megabyte of On": TEXT + b"On " * (MEGA // 3),
    "lines that begin like attributions": TEXT + b"On 1 1 1 :\n" * (MEGA // 11),
    "long lines that are nearly attributions": TEXT + (b"On 1 " + b"wrote @ " * 55 + b":\n") * (MEGA // 450),
    "a megabyte of From:": TEXT + b"From:" * (MEGA // 5),
    "half a header block, again and again": TEXT + b"From: x\nSent: y\n" * (MEGA // 16),
    "rules": TEXT + b"_____________\n" * (MEGA // 14),
    "signatures": TEXT + b"sent from my iphone\n" * 10_000,
    "spaces": TEXT + b" " * MEGA,
    "a hundred thousand nested div": HTML + b"<div>" * 100_000,
    "nested quotes": HTML + b"<blockquote type=cite>" * 40_000,
    "nested lists": HTML + b"<ul><li>" * 20_000,
    "open formatting": HTML + b"".join(b"<b a=%d><p>" % n for n in range(60_000)),
    "ampersands": HTML + b"&" * MEGA,
    "borders": HTML + b'<div style="border-top:solid #E1E1E1">x' * 20_000,
    "a hundred thousand headers": b"X-A: b\n" * 100_000 + b"\n",
    "a header of one megabyte": b"Subject: " + b"a" * MEGA + b"\n\n",
    "encoded words that never end": b"Subject: " + b"=?a?q?" * 100_000 + b"\n\n",
    "a hundred thousand addresses": b"To: " + b"a@b.example, " * 100_000 + b"\n\n",
    "quotes that never end": b"To: " + b'"\\' * 100_000 + b"\n\n",
    "commas": b"To: " + b"x," * 100_000 + b"\n\n",
    "a hundred thousand parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
    "two thousand levels": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(2000)
    ),
    "uuencoded beginnings": TEXT + b"begin 644 x\n" * 80_000,
    "recipients of a report": b"From: mailer-daemon@x.example\nSubject: failure notice\n\n"
    + b"a@b.example 550 " * 60_000,
}


def check(mail: ParsedMail) -> None:
    """What every mail keeps, however broken it was."""
    for name in ("from_email", "from_name", "subject", "message_id", "in_reply_to", "list_id", "auto_reason"):
        value = getattr(mail, name)
        assert not set(value) & set("\r\n\x00"), name
    texts = [
        mail.text,
        mail.html,
        mail.new_text,
        mail.new_html,
        mail.subject,
        mail.from_name,
        *mail.references,
    ]
    texts += [mail.bounce.diagnostic, mail.bounce.recipient] if mail.bounce else []
    for value in texts:
        assert "\x00" not in value
        value.encode("utf-8")
    assert complaints(mail.html) == [] and complaints(mail.new_html) == []
    for file in mail.attachments:
        check_file(file)
    assert "not_understood" not in mail.defects


def check_file(file: Attachment) -> None:
    assert file.filename and file.filename not in {".", ".."} and len(file.filename) <= 200
    assert not set(file.filename) & set("/\\\r\n\x00\u202e")
    assert file.size == len(file.content)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_sizes_take_bounded_time(name):
    began = time.process_time()
    check(parse(HOSTILE[name]))
    assert time.process_time() - began < 8  # two seconds on a quiet machine


@given(st.binary(max_size=2000))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_mail(raw):
    check(parse(raw))


names = st.sampled_from(
    [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "References",
        "Content-Type",
        "Content-Disposition",
        "Content-Transfer-Encoding",
        "Return-Path",
        "Received",
        "X-Odd",
    ]
)
values = st.one_of(
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=40),
    st.sampled_from(
        [b"text/html", b"text/plain; charset=utf-7", b"multipart/mixed; boundary=b", b"multipart/alternative; boundary=\"\"", b"message/rfc822",
         b"multipart/report; report-type=delivery-status; boundary=b", b"base64", b"quoted-printable", b"<a@b>", b"=?utf-7?q?+2AA-?=", b"attachment; filename*0*=utf-8''%00..%2f", b"\"a\" <b@c>, d: e@f;"]
    ),
)  # fmt: skip
parts = st.lists(
    st.tuples(st.lists(st.tuples(names, values), max_size=6), st.binary(max_size=120)), min_size=1, max_size=5
)


@given(parts)
@settings(max_examples=200, deadline=None)
def test_any_tree_of_parts_is_a_mail(tree):
    blocks = [
        b"\n".join(name.encode() + b": " + value for name, value in fields) + b"\n\n" + body
        for fields, body in tree
    ]
    check(parse(b"\n--b\n".join(blocks)))


def test_recorded_mails_survive_mutation_and_say_the_same_when_read_again():
    seeds = [file.read_bytes() for file in sorted(MAILS.glob("*.eml"))]
    for raw in mutations(seeds, seed=7, number=400):
        mail = parse(raw)
        check(mail)
        assert parse(raw) == mail


def test_what_exceeds_the_limits_is_named():
    big = b"\n--b\nContent-Type: application/x\nContent-Transfer-Encoding: base64\n\n" + b"QUFB" * (7 * MEGA)
    mail = parse(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello" + big * 3 + b"\n--b--")
    assert mail.text == "hello"
    assert [file.is_refused for file in mail.attachments] == [False, True, True]
    assert mail.defects == ("too_large",)
