"""A submission from the page to the conversation: once, whole, and only what may come in."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from channels_app.email import payloads
from channels_app.form import gate
from channels_app.models import InboundPayload
from contacts.models import Contact, ContactAddress
from conversations.models import Attachment, Conversation, Message
from inboxes.models import Channel, SenderRule
from tests.channels_app.form.conftest import FORM, GOOD, Page, publish
from tests.pictures import picture, upload

pytestmark = pytest.mark.django_db


def understood(house) -> list[Message]:
    """What the worker makes of everything that waits."""
    with house.scope():
        waiting = list(InboundPayload.objects.filter(processed_at=None).values_list("pk", flat=True))
    payloads.understand_many(house.workspace.pk, waiting)
    with house.scope():
        rows = Message.objects.select_related(
            "conversation__contact", "conversation__visitor", "conversation__detail"
        )
        return list(rows.filter(channel=house.form).order_by("pk"))


def kept(house) -> int:
    with house.scope():
        return InboundPayload.objects.count()


# ── The way in ──


def test_the_page_and_what_comes_of_it(acme, form, page, settings, tmp_path):
    """FO-1, FO-3, FO-5: label and answer in the form's order, the page, files, consent; a contact; a subject."""
    settings.MEDIA_ROOT = tmp_path / "files"
    photo = upload("lamp.png", picture())
    asked = {
        **GOOD,
        "news": "yes",
        "photo": photo,
        "page": "https://lumen.example/contact",
        "source": "spring",
    }
    answer = page.send(asked)
    assert (answer.status_code, answer["Location"]) == (303, "/live/forms/acme-form/thanks/")
    assert b"arrived" in page.client.get(answer["Location"]).content
    [message] = understood(acme)
    labels = [label for label, _value in message.extra["answers"]]
    assert labels == [
        "Your name",
        "Your email address",
        "What is it about?",
        "Your message",
        "A photo",
        "Source",
        "Newsletter",
        "Page",
    ]
    answers = dict(message.extra["answers"])
    assert (answers["A photo"], answers["Source"], answers["Page"]) == ("lamp.png", "spring", asked["page"])
    assert answers["Newsletter"].startswith("Agreed, ") and answers["Newsletter"].endswith(
        "Write to me about new lamps."
    )
    assert message.extra["form"]["consents"][0]["text"] == "Write to me about new lamps."
    conversation = message.conversation
    assert (conversation.subject, conversation.contact.name, conversation.contact.email) == (
        "Write to us",
        "James Whitfield",
        "james@pine.example",
    )
    assert conversation.detail.first_url == asked["page"]
    with acme.scope():
        assert message.attachments.get().name == "lamp.png"


def test_the_thread_shows_label_and_answer_as_text(acme, form, page, ben, client_of):
    """T044: whatever somebody typed is text."""
    page.send({**GOOD, "name": "<b hx-get=/x>J</b>", "message": "<script>alert(1)</script>"})
    [message] = understood(acme)
    url = reverse("conversations:show", args=["acme", "open", message.conversation_id])
    shown = client_of(ben).get(url).content.decode()
    assert "<dt" in shown and "Your message" in shown
    assert "&lt;script&gt;alert(1)" in shown and "<script>alert(1)" not in shown and "<b hx-get" not in shown


def test_each_submission_is_a_conversation(acme, form, page):
    """FO-4."""
    page.send(GOOD)
    page.send({**GOOD, "message": "And another thing."})
    messages = understood(acme)
    assert len({message.conversation_id for message in messages}) == 2


def test_the_subject_may_be_an_answer(acme, ada, page):
    """FO-3."""
    publish(acme, ada, replace(FORM, subject="topic"))
    page.send(GOOD)
    assert understood(acme)[0].conversation.subject == "A lamp"


# ── Once ──


def test_a_double_click_is_one_submission(acme, form, page):
    token = page.token()
    assert [page.send(GOOD, token=token).status_code for _ in range(2)] == [303, 303]
    assert len(understood(acme)) == 1
    assert page.send(GOOD, token=token).status_code == 303  # also after it was understood
    assert len(understood(acme)) == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_at_once_are_one(acme, form, page, settings, tmp_path, monkeypatch):
    """The database tells them, not a look before: files of the others are let go."""
    monkeypatch.setattr(gate, "BY_ADDRESS", gate.Rate("t", 1000, 60, 1000))
    monkeypatch.setattr(gate, "BY_ADDRESS_LONG", gate.Rate("t2", 1000, 60, 1000))
    settings.MEDIA_ROOT = tmp_path / "files"
    token, image = page.token(), picture()

    def click(_n: int) -> int:
        try:
            return Page().send({**GOOD, "photo": upload("lamp.png", image)}, token=token).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(click, range(20))) == {303}
    [message] = understood(acme)
    with acme.scope():
        assert Attachment.objects.count() == 1 == message.attachments.count()
        assert Conversation.objects.count() == Contact.objects.count() == 1


def test_other_words_under_a_used_token_are_refused(acme, form, page):
    """T073."""
    token = page.token()
    page.send(GOOD, token=token)
    again = page.send({**GOOD, "message": "Buy now"}, token=token)
    assert again.status_code == 409 and b"sent already" in again.content
    assert kept(acme) == 1


def test_understanding_twice_is_harmless(acme, form, page):
    """P8: whoever is killed in between leaves it to the next."""
    page.send(GOOD)
    understood(acme)
    with acme.scope():
        InboundPayload.objects.update(processed_at=None)
    assert len(understood(acme)) == 1
    with acme.scope():
        assert Conversation.objects.count() == 1


# ── Whose it is ──


def test_an_address_that_somebody_has_is_a_label(acme, form, page, ada):
    """TR-6, T064: no merge, no history, nothing written on the contact."""
    with acme.scope():
        known = Contact.objects.create(name="The real James", email="james@pine.example")
        ContactAddress.objects.create(contact=known, kind="email", value="james@pine.example")
    page.send({**GOOD, "email": "James@Pine.example", "phone": "+33 4 00 00 12 47"})
    [message] = understood(acme)
    conversation = message.conversation
    assert conversation.contact is None
    assert (conversation.contact_name, conversation.visitor.claimed_email) == (
        "James Whitfield",
        "James@Pine.example",
    )
    with acme.scope():
        known.refresh_from_db()
        assert (known.name, known.phone) == ("The real James", "")


def test_fields_are_written_on_a_new_contact(acme, form, page):
    page.send({**GOOD, "phone": "+33 4 00 00 12 47"})
    assert understood(acme)[0].conversation.contact.phone == "+33 4 00 00 12 47"


def test_the_deny_list_and_the_trap_set_it_aside(acme, form, page):
    """SP-3; what a program fills in is kept as spam, where it can be found."""
    with acme.scope():
        SenderRule.objects.create(list="deny", value="pine.example")
    page.send(GOOD)
    page.send({**GOOD, "email": "eve@other.example", "website": "https://buy.example"})
    reasons = {message.conversation.aside_reason for message in understood(acme)}
    assert reasons == {"deny_list", "trap"}
    with acme.scope():
        assert not Contact.objects.exists()


# ── What may not come in ──


def test_what_is_wrong_is_shown_beside_its_field_and_nothing_is_lost(acme, form, page):
    answer = page.send({"name": "James", "email": "james@", "topic": "An invoice"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert (
        'value="james@"' in text
        and 'aria-invalid="true"' in text
        and 'id="e-number"' in text
        and 'id="e-message"' in text
    )
    assert kept(acme) == 0


def test_a_french_form_speaks_french(acme, ada, page):
    """Also where it finds a mistake; the page itself comes without any cookie or header of a language."""
    publish(acme, ada, replace(FORM, language="fr"))
    answer = page.send({**GOOD, "email": "james@"})
    assert 'lang="fr"' in answer.content.decode() and answer["Content-Language"] == "fr"
    assert "This is not an email address" not in answer.content.decode()


def test_a_field_that_is_not_shown_is_not_asked_and_not_kept(acme, form, page):
    page.send({**GOOD, "number": "12"})
    [message] = understood(acme)
    assert "Number of the invoice" not in dict(message.extra["answers"])


@pytest.mark.parametrize("token", ["", "forged", "other"])
def test_a_page_of_ours_needs_its_own_token(acme, globex, cleo, form, page, token):
    """T073: other form's token."""
    if token == "other":
        publish(globex, cleo)
        token = Page("globex-form").token()
    assert page.send(GOOD, token=token).status_code == 400
    assert kept(acme) == 0


def test_faster_than_a_person_is_asked_once_more(acme, form, page, monkeypatch):
    """T073: 0 s. The same token is good a moment later."""
    monkeypatch.setattr(gate, "SOONEST", 2)
    answer = page.send(GOOD)
    assert (answer.status_code, answer["Retry-After"]) == (429, "2")
    assert b"It flickers." in answer.content


def test_five_thousand_fields_and_lists_for_words(acme, form, page):
    """T073."""
    assert page.client.post(page.url, {f"f{n}": "x" for n in range(5000)}).status_code == 400
    many = page.client.post(page.url, {**GOOD, "name": ["a", "b"]})
    assert many.status_code == 422
    assert kept(acme) == 0


def test_the_sixth_in_a_minute_waits(acme, form, page):
    """Five a minute from one address."""
    codes = [page.send({**GOOD, "message": f"No. {n}"}).status_code for n in range(6)]
    assert codes == [303] * 5 + [429]


def test_programs_are_not_files(acme, form, page, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    answer = page.send({**GOOD, "photo": upload("invoice.pdf.exe", b"MZ\x90\x00" + b"\x00" * 200)})
    assert answer.status_code == 422 and b'id="e-photo"' in answer.content
    with acme.scope():
        assert not Attachment.objects.exists()


def test_a_field_may_ask_for_pictures_of_a_size(acme, ada, page, settings, tmp_path):
    """What its bytes say counts, not its name."""
    settings.MEDIA_ROOT = tmp_path / "files"
    asked = (*FORM.fields[:6], replace(FORM.get("photo"), value="pictures", most="1"))
    publish(acme, ada, replace(FORM, fields=asked))
    assert b'accept="image/png,image/jpeg,image/gif,image/webp"' in page.client.get(page.url).content
    pdf = page.send({**GOOD, "photo": upload("lamp.png", b"%PDF-1.7 no picture")})
    assert (pdf.status_code, b"Send one of these: Pictures." in pdf.content) == (422, True)
    large = page.send({**GOOD, "photo": upload("lamp.png", picture() + bytes(1024 * 1024))})
    assert (large.status_code, b"1 MB at most" in large.content) == (422, True)
    assert page.send({**GOOD, "photo": upload("lamp.png", picture())}).status_code == 303
    assert kept(acme) == 1


def test_a_channel_that_is_paused_takes_nothing(acme, form, page):
    token = page.token()
    with acme.scope():
        Channel.objects.filter(pk=form.pk).update(paused_at="2026-01-01T00:00Z")
    assert page.send(GOOD, token=token).status_code == 404
    assert page.client.get(page.url).status_code == 404


# ── From other sites ──

SITE = "https://lumen.example"


def test_a_plain_form_of_a_listed_site(acme, ada):
    """The site's own HTML: no token, no script. The same words twice are one."""
    publish(acme, ada, sites=[SITE])
    headers = {"Origin": SITE, "Referer": f"{SITE}/contact"}
    for _ in range(2):
        answer = Client().post("/live/forms/acme-form/", {**GOOD, "submit": "Send"}, headers=headers)
        assert answer.status_code == 303
    [message] = understood(acme)
    assert dict(message.extra["answers"])["Page"] == f"{SITE}/contact"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "https://lumen.example.evil.example", "https://x.lumen.example"],
)
def test_a_site_that_is_not_listed(acme, ada, origin):
    publish(acme, ada, sites=[SITE])
    assert Client().post("/live/forms/acme-form/", GOOD, headers={"Origin": origin}).status_code == 403
    sent = post_json({"fields": GOOD}, Origin=origin)
    assert sent.status_code == 403 and "Access-Control-Allow-Origin" not in sent
    assert kept(acme) == 0


def post_json(data, **headers):
    return Client().post(
        "/live/forms/acme-form/", json.dumps(data), content_type="application/json", headers=headers
    )


def test_json_with_cors_and_a_number_of_its_own(acme, ada):
    publish(acme, ada, sites=[SITE])
    asked = Client().options("/live/forms/acme-form/", headers={"Origin": SITE})
    assert (asked.status_code, asked["Access-Control-Allow-Origin"]) == (204, SITE)
    for _ in range(2):
        sent = post_json({"fields": GOOD | {"news": True}, "page": f"{SITE}/a", "id": "order-7"}, Origin=SITE)
        assert (sent.status_code, sent["Access-Control-Allow-Origin"], sent.json()["ok"]) == (201, SITE, True)
    assert len(understood(acme)) == 1


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"fields": {**GOOD, "email": "x"}}, 422),
        ({"fields": {**GOOD, "email": {"a": 1}}}, 400),
        ({"fields": []}, 400),
        ({"fields": GOOD, "admin": True}, 400),
        ([], 400),
    ],
)
def test_json_of_another_shape(acme, form, data, status):
    assert post_json(data).status_code == status
    assert kept(acme) == 0


# ── A proof of work ──


def solved(challenge: dict) -> str:
    import base64

    from altcha import solve_challenge_v1

    found = solve_challenge_v1(
        challenge["challenge"], challenge["salt"], challenge["algorithm"], gate.HARDNESS
    )
    proof = {key: challenge[key] for key in ("algorithm", "challenge", "salt", "signature")} | {
        "number": found.number
    }
    return base64.b64encode(json.dumps(proof).encode()).decode()


def test_a_proof_is_asked_for_and_good_once(acme, ada, monkeypatch):
    monkeypatch.setattr(gate, "HARDNESS", 50)
    publish(acme, ada, challenge="always")
    assert post_json({"fields": GOOD}).json()["error"] == "proof"
    proof = solved(Client().get("/live/forms/acme-form/proof/").json())
    assert post_json({"fields": GOOD, "proof": proof}).status_code == 201
    assert post_json({"fields": GOOD | {"message": "Again"}, "proof": proof}).status_code == 403
    assert len(understood(acme)) == 1


def test_above_the_daily_number_every_form_asks_for_one(acme, form, page, monkeypatch):
    """2,000 a day, then a challenge."""
    monkeypatch.setattr(gate, "BY_FORM", gate.Rate("form-day", 1, 86400, 1))
    assert page.send(GOOD).status_code == 303
    answer = page.send(GOOD | {"message": "Two"})
    assert answer.status_code == 403 and b"data-proof=" in answer.content


# ── Isolation ──


def test_a_form_of_another_workspace_knows_nothing_of_this(acme, globex, form, cleo):
    assert Client().get("/live/forms/globex-form/").status_code == 404
    publish(globex, cleo)
    Page("globex-form").send(GOOD)
    assert understood(acme) == []
    assert len(understood(globex)) == 1
