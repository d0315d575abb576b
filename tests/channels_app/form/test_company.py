"""Answers written on the company of whoever fills a form in (FO-5): of a new one at once, of one that was there after proof."""

from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from channels_app.form.definition import Field
from channels_app.form.people import name_company, prove
from contacts.actions import choose_ways
from contacts.companies import save_company
from contacts.custom import define, set_values
from contacts.models import Company, Contact, PropertyChange
from conversations.receive import receive
from events.models import Event
from tests.channels_app.form.conftest import FORM, publish
from tests.channels_app.form.test_answers import submitted
from tests.factories import make_mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def tier(acme, ada):
    with acme.scope():
        tier = define(about="company", label="Tier", sort="choice", options=["Gold", "Silver"])
        choose_ways(country="", by_domain="create")
    fields = (
        *(one for one in FORM.fields if one.key in ("name", "email", "message")),
        Field("firm", "text", "Company", maps_to="company"),
        Field("tier", "text", "Tier", maps_to=tier.key),
    )
    publish(acme, ada, replace(FORM, fields=fields))
    return tier


def sent(acme, page, address: str, **given):
    told = {"name": "James", "email": address, "message": "Hello.", **given}
    return submitted(acme, page, told)


def companies() -> dict[str, tuple]:
    return {one.name: (one.domain, *one.custom.values()) for one in Company.objects.all()}


def test_of_a_company_that_it_makes_at_once(acme, page, tier):
    """The one that the domain makes is the one that is named; of a free address the name makes it."""
    sent(acme, page, "james@pine.example", firm="Pine & Co", tier="Gold")
    sent(acme, page, "otto@gmail.com", firm="Oak", tier="Silver")
    sent(acme, page, "zoe@elm.example", tier="Gold")
    sent(acme, page, "nobody@gmail.com", tier="Gold")
    with acme.scope():
        assert companies() == {
            "Pine & Co": ("pine.example", "Gold"), "Oak": ("", "Silver"), "elm.example": ("elm.example", "Gold"),
        }  # fmt: skip
        assert Contact.objects.get(email="james@pine.example").company.name == "Pine & Co"
        change = PropertyChange.objects.get(company__name="Oak", key=tier.key)
        assert (change.how, change.after) == ("form", "Silver")
        # An answer that it does not take stays an answer.
        save_company(None, name="Fir", domain="")
    sent(acme, page, "ann@fir.example", firm="Fir", tier="Tin")
    with acme.scope():
        assert companies()["Fir"] == ("",) and "fir.example" not in companies()


def test_a_company_that_somebody_else_has_joined_keeps_its_name(acme, page, tier):
    """Two from one domain at the same moment: neither may name, or drop, what the other has got."""
    with acme.scope():
        began = timezone.now()
        pine = save_company(None, name="pine.example", domain="pine.example")
        save_company(None, name="Fir", domain="")
        ann, ben = (Contact.objects.create(name=name, company=pine) for name in ("Ann", "Ben"))
        for firm in ("Pine & Co", "Fir"):
            name_company(ann, {"company": [firm]}, made_since=began)
        assert {one.company.name for one in Contact.objects.filter(pk__in=[ann.pk, ben.pk])} == {
            "pine.example"
        }


def test_of_one_that_was_there_when_they_have_answered_from_their_address(acme, page, tier):
    """TR-6: anybody types anybody's address."""
    with acme.scope():
        pine = save_company(None, name="Pine", domain="pine.example")
        set_values(pine, {tier.key: "Silver"})
    conversation = sent(acme, page, "james@pine.example", tier="Gold")
    with acme.scope():
        assert conversation.contact.company_id == pine.pk and companies()["Pine"] == (
            "pine.example",
            "Silver",
        )

    def answer(address: str, external_id: str) -> None:
        with acme.scope():
            told = {"mail": {"from": {"address": address}, "auth": {"verdict": "pass"}}}
            mail = make_mail(
                acme,
                address=address,
                external_id=external_id,
                token_conversation=conversation.pk,
                token_address="james@pine.example",
                extra=told,
            )
            receive(mail)
            event = Event.objects.filter(type="message.received").order_by("-pk").first()
        prove(event)

    answer("other@pine.example", "<1@pine.example>")
    with acme.scope():
        assert companies()["Pine"] == ("pine.example", "Silver")
    answer("james@pine.example", "<2@pine.example>")
    with acme.scope():
        assert companies()["Pine"] == ("pine.example", "Gold")
        set_values(pine, {tier.key: "Silver"})
    # What the team writes after it stays.
    answer("james@pine.example", "<3@pine.example>")
    with acme.scope():
        assert companies()["Pine"] == ("pine.example", "Silver")


def test_the_builder_says_where_it_goes(acme, ada, client_of, tier):
    client = client_of(ada)
    page = client.get(reverse("channels:form", args=["acme", acme.form.pk]))
    said = {row["one"].key: row["written"] for row in page.context["rows"]}
    assert (said["tier"], said["firm"]) == ("Company: Tier", "Contact: Company")
    field = client.get(reverse("channels:form_field", args=["acme", acme.form.pk, "tier"]))
    assert dict(field.context["asked"].fields["maps_to"].choices[1:])["Company"] == [(tier.key, "Tier")]
