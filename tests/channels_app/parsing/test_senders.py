"""Whose words they are: forwarding accounts (EM-4) and what the receiving server found."""

from channels_app.email import parse
from channels_app.email.parsing import Verdicts

OWN = ("support@acme.example",)
FORWARDED = b"From: Support <support@acme.example>\nSubject: Fwd: Lamp\n"
INLINE = b"\n---------- Forwarded message ---------\nFrom: Cleo <cleo@client.example>\nSubject: Lamp\nTo: x\n\nIt broke."


def sender(raw: bytes) -> str:
    return parse(raw, own_addresses=OWN).from_email


def test_from_is_trusted_when_it_is_nobody_of_ours():
    assert (
        sender(b"From: ada@x.example\nReply-To: bob@x.example\nX-Forwarded-For: eve@x.example\n\nx")
        == "ada@x.example"
    )


def test_behind_our_forwarding_account_the_headers_are_asked_in_order():
    every = b"X-Forwarded-For: one@x.example support@acme.example\nX-Original-From: Two <two@x.example>\nReply-To: three@x.example\n"
    assert sender(FORWARDED + every + INLINE) == "one@x.example"
    assert sender(FORWARDED + every.split(b"\n", 1)[1] + INLINE) == "two@x.example"
    assert sender(FORWARDED + b"Reply-To: three@x.example\n" + INLINE) == "three@x.example"
    assert sender(FORWARDED + b"Reply-To: support@acme.example\n" + INLINE) == "cleo@client.example"


def test_the_forwarder_is_remembered():
    mail = parse(FORWARDED + INLINE, own_addresses=OWN)
    assert (mail.from_name, mail.forwarder) == ("Cleo", "support@acme.example")
    assert mail.forwarded.subject == "Lamp"


def test_a_colleague_who_merely_writes_stays_the_sender():
    assert sender(FORWARDED.replace(b"Fwd: ", b"") + b"\nhello") == "support@acme.example"


RESULTS = (
    b"Authentication-Results: evil.example; spf=pass; dkim=pass; dmarc=pass\n"
    b"Authentication-Results: mx.acme.example 1;\n\tspf=fail (no (really)) smtp.mailfrom=x;\n\tdkim=fail; dkim=pass header.d=x;\n\tdmarc=fail\n"
    b"Authentication-Results: mx.acme.example; spf=pass; dmarc=pass\nFrom: a@b.example\n\nx"
)


def test_only_the_topmost_header_of_a_trusted_server_counts():
    assert parse(RESULTS, trusted_servers=["MX.acme.example"]).auth == Verdicts("fail", "pass", "fail")


def test_without_a_trusted_server_nothing_has_passed():
    assert parse(RESULTS).auth == Verdicts("unknown", "unknown", "unknown")
    assert parse(RESULTS, trusted_servers=["other.example"]).auth == Verdicts()


def test_parse_needs_neither_settings_nor_database():
    import subprocess
    import sys

    code = "from channels_app.email import parse; print(parse(b'Subject: hi\\n\\nyou').text)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PATH": "/usr/bin"}, capture_output=True, text=True
    )
    assert done.stdout == "you\n", done.stderr
