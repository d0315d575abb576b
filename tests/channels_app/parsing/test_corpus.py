"""Mails of the house's own making, each named after what it teaches (tests/data/mail), and what must be read in them (DM-4)."""

import json
from pathlib import Path

import pytest

from channels_app.email import parse

MAILS = Path(__file__).parents[2] / "data" / "mail"
EXPECTED = json.loads((MAILS / "expected.json").read_text())


def seen(mail, field: str):
    """A field in the shape it is written down in."""
    if field == "files":
        return [[one.filename, one.content_type, one.size] for one in mail.attachments]
    if field in {"to", "cc"}:
        return [list(one) for one in getattr(mail, field)]
    if field == "references":
        return list(mail.references)
    if field == "forwarded":
        return mail.forwarded and mail.forwarded.email
    if field == "bounce":
        bounce = mail.bounce
        return bounce and [bounce.recipient, bounce.status, bounce.action, bounce.original_message_id]
    return getattr(mail, field)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_mail_is_understood(name):
    mail = parse((MAILS / f"{name}.eml").read_bytes())
    assert {field: seen(mail, field) for field in EXPECTED[name]} == EXPECTED[name]


def test_every_recorded_mail_says_what_it_teaches():
    assert {file.stem for file in MAILS.glob("*.eml")} == set(EXPECTED)
