"""Contacts and companies for programs: what a key reads and writes, within what its person may."""

import json

import pytest
from django.test import Client

from contacts import api_pages, lists
from contacts.actions import create_contact, set_property
from contacts.companies import save_company
from contacts.custom import archive, define, set_values
from contacts.models import Company, Contact, PropertyChange
from records.models import Erasure
from tests.factories import make_conversation, make_member
from workspaces import tokens
from workspaces.permissions import Permission as P
from workspaces.permissions import Role


class Program:
    """Speaks JSON to /api/v1/ with a key of its own."""

    def __init__(self, member, *scopes: str):
        key = tokens.make_token(member, name="Shop", scopes=scopes, days=None)[1]
        self.client = Client(headers={"Authorization": f"Bearer {key}"})

    def __call__(self, method: str, path: str, said=None, **asked) -> tuple[int, dict]:
        url = f"/api/v1/{path}"
        if method == "get":
            answer = self.client.get(url, asked)
        else:
            answer = getattr(self.client, method)(url, json.dumps(said), content_type="application/json")
        return answer.status_code, json.loads(answer.content or "{}")


@pytest.fixture
def shop(in_acme, ben) -> Program:
    return Program(ben, P.WORK)


def test_a_program_makes_reads_and_changes_a_contact(shop, ben, in_acme):
    tier = define(about="contact", label="Tier", sort="choice", options=["Gold"])
    seats = define(about="contact", label="Seats", sort="number")
    pine = save_company(None, name="Pine", domain="pine.example")
    status, made = shop(
        "post",
        "contacts",
        {
            "name": "Anna",
            "email": "Anna@Pine.example",
            "phone": "+33412345678",
            "city": "Lyon",
            "owner": ben.pk,
            "properties": {"tier": "Gold", seats.key: 12},
        },
    )
    assert status == 201 and made["company"] == {"id": pine.pk, "name": "Pine"}
    assert (made["email"], made["phone"], made["city"]) == ("anna@pine.example", "+33 4 12 34 56 78", "Lyon")
    assert made["owner"] == {"id": ben.pk, "name": "Ben Agent"} and made["properties"] == {
        tier.key: "Gold",
        seats.key: 12.0,
    }
    assert [(one["value"], one["proven"]) for one in made["addresses"]] == [("anna@pine.example", False)]
    url = f"contacts/{made['id']}"
    assert shop("get", url) == (200, made)
    change = {
        "company": "Oak",
        "owner": None,
        "job_title": None,
        "blocked": True,
        "properties": {"Seats": None},
    }
    status, now = shop("patch", url, change)
    assert status == 200 and now["company"]["name"] == "Oak" and now["owner"] is None and now["blocked"]
    assert now["properties"] == {tier.key: "Gold"} and now["updated_at"] > made["updated_at"]
    assert shop("patch", url, {"company": pine.pk})[1]["company"]["name"] == "Pine"
    assert shop("patch", url, {"company": None})[1]["company"] is None
    # Whose key it is did it.
    assert set(PropertyChange.objects.values_list("by", flat=True)) == {ben.pk}
    # One more address, and away with it.
    status, more = shop("post", f"{url}/addresses", {"value": "anna@home.example"})
    assert status == 201 and len(more["addresses"]) == 2
    assert len(shop("delete", f"{url}/addresses/{more['addresses'][1]['id']}")[1]["addresses"]) == 1
    archive(tier, True)
    assert shop("get", url)[1]["properties"] == {}


@pytest.fixture
def globexs(globex) -> tuple[Contact, Company]:
    with globex.scope():
        return create_contact(name="Theirs"), save_company(None, name="Theirs", domain="")


def test_what_cannot_be_read_names_its_field_and_changes_nothing(globexs, cleo, shop, ben, in_acme):
    one = create_contact(name="Anna", email="anna@pine.example")
    other = create_contact(name="Otto", email="otto@pine.example")
    define(about="contact", label="Contract", sort="file")
    define(about="contact", label="Since", sort="date", is_required=True)
    theirs, company = globexs
    url = f"contacts/{one.pk}"
    wrong = {
        "phone": "call me", "email": "anna", "language": 7, "company": company.pk, "owner": cleo.pk,
        "blocked": "yes", "nickname": "A", "properties": [], "name": "x\0",
    }  # fmt: skip
    for field, value in wrong.items():
        status, said = shop("patch", url, {"city": "Lyon", field: value})
        assert (status, said["error"], said["field"]) == (422, "invalid", field), field
    for name, value in (("Contract", "x"), ("Since", "soon"), ("Since", None), ("Colour", "red")):
        status, said = shop("patch", url, {"city": "Lyon", "properties": {name: value}})
        assert (status, said["field"]) == (422, f"properties.{name}")
    status, said = shop("patch", url, {"city": "Lyon", "email": "otto@pine.example"})
    assert (status, said["error"], said["contact"]) == (409, "refused", other.pk) and said["reason"]
    one.refresh_from_db()
    assert (one.city, one.email, one.blocked_at) == ("", "anna@pine.example", None)
    assert shop("post", "contacts", {})[1]["field"] == "name"
    assert shop("post", "contacts", {"name": "X", "phone": "abc"})[1]["field"] == "phone"
    assert shop("post", "contacts", [])[1] == {"error": "invalid", "field": "body"}
    for raw in ("[" * 3000, '{"name": "\\ud800"}', "{"):
        answer = shop.client.post("/api/v1/contacts", raw, content_type="application/json")
        assert answer.json() == {"error": "invalid", "field": "body"}, raw[:9]
    assert shop("post", f"{url}/merge", {"other": theirs.pk})[1]["field"] == "other"
    assert shop("get", f"contacts/{theirs.pk}")[0] == 404
    for asked in (
        {"before": "x"},
        {"list": "0x"},
        {"updated_since": "yesterday"},
        {"after": "1"},
        {"list": "99"},
    ):
        assert shop("get", "contacts", **asked)[0] == 422, asked
    assert Contact.objects.count() == 2


def test_pages_of_all_of_some_and_of_what_changed(
    shop, ben, in_acme, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(api_pages, "PAGE", 2)
    made = [create_contact(name=f"P{n}", email=f"p{n}@pine.example") for n in range(5)]
    pks = [one.pk for one in made]

    def ids(**asked) -> tuple[list[int], object]:
        told = shop("get", "contacts", **asked)[1]
        return [one["id"] for one in told["contacts"]], told.get("before") or told.get("after")

    assert ids() == ([pks[4], pks[3]], pks[3])
    assert ids(before=pks[1]) == ([pks[0]], None)
    assert ids(address="P2@pine.example")[0] == [pks[2]]
    set_property(made[1], "phone", "+33 4 12 34 56 78")
    assert ids(address="0033412345678")[0] == [] and ids(address="+33412345678")[0] == [pks[1]]
    set_property(made[3], "company", "Oak")
    assert ids(company=Company.objects.get().pk)[0] == [pks[3]]
    one = lists.save_list(None, name="Few", by=ben)
    lists.add(one, pks[:1])
    assert ids(list=one.pk)[0] == [pks[0]]
    # What changed, the longest ago first; what is written of a card in any way is a change.
    since = Contact.objects.order_by("-updated_at").first().updated_at.isoformat()
    assert ids(updated_since=since) == ([pks[3]], None)
    Contact.objects.filter(pk=pks[0]).update(city="Lille")
    set_values(made[2], {"p1": "x"})
    page, after = ids(updated_since=since)
    assert page == [pks[3], pks[0]] and ids(after=after) == ([pks[2]], None)
    before = Contact.objects.get(pk=pks[4]).updated_at
    Contact.objects.filter(pk=pks[4]).update(last_seen_at=before)
    made[4].save()  # as it was loaded
    assert Contact.objects.get(pk=pks[4]).updated_at == before
    with django_assert_max_num_queries(12):
        shop("get", "contacts")


def test_who_sees_only_their_own_is_told_of_them_alone(acme, in_acme, ada, ben):
    """AC-6, T020."""
    restricted = make_member(acme.workspace, "r@acme.example", "Rita", Role.RESTRICTED)
    restricted.permissions = [P.WORK, P.USE_API]
    restricted.save()
    james = make_conversation(acme).contact
    mine = create_contact(name="Mine")
    set_property(mine, "owner", str(restricted.pk))
    rita = Program(restricted, P.WORK)
    assert [one["name"] for one in rita("get", "contacts")[1]["contacts"]] == ["Mine"]
    assert rita("get", f"contacts/{james.pk}")[0] == 404
    assert rita("patch", f"contacts/{mine.pk}", {"email": james.email})[1]["contact"] is None
    assert rita("post", f"contacts/{mine.pk}/merge", {"other": james.pk})[0] == 422
    # Out of the lists, told all, and erased: each by its own right.
    full = Program(ada, *P.values)
    url = f"contacts/{mine.pk}"
    for method, path in (("delete", url), ("get", f"{url}/data"), ("post", f"{url}/erasure")):
        assert Program(ben, P.WORK)(method, path) == (403, {"error": "scope_missing"})
    assert full("delete", url)[1]["deleted_at"] and mine.pk not in [
        one["id"] for one in full("get", "contacts")[1]["contacts"]
    ]
    assert full("patch", url, {"deleted": False})[1]["deleted_at"] is None
    assert full("get", f"{url}/data")[1]["contact"]["name"] == "Mine"
    assert full("post", f"{url}/erasure")[0] == 202 and Erasure.objects.get().contact_id == mine.pk


def test_contacts_and_companies_become_one(in_acme, ada, acme):
    full = Program(ada, P.WORK, P.MANAGE_INBOXES)
    anna, twin = create_contact(name="Anna"), create_contact(name="", email="anna@pine.example")
    status, now = full("post", f"contacts/{anna.pk}/merge", {"other": twin.pk})
    assert status == 200 and now["email"] == "anna@pine.example" and len(now["addresses"]) == 1
    assert full("get", f"contacts/{twin.pk}")[0] == 404
    pine, oak = (
        save_company(None, name="Pine", domain=""),
        save_company(None, name="Oak", domain="oak.example"),
    )
    assert full("post", f"companies/{pine.pk}/merge", {"other": oak.pk})[1]["domain"] == "oak.example"
    assert full("post", f"companies/{pine.pk}/merge", {"other": pine.pk})[1]["field"] == "other"


def test_companies_are_made_read_changed_and_deleted(shop, in_acme, ada, monkeypatch):
    tier = define(about="company", label="Tier", sort="choice", options=["Gold"])
    status, made = shop(
        "post", "companies", {"name": "Pine", "domain": "Pine.example", "properties": {"Tier": "Gold"}}
    )
    assert status == 201 and (made["domain"], made["properties"]) == ("pine.example", {tier.key: "Gold"})
    url = f"companies/{made['id']}"
    status, now = shop("patch", url, {"name": "Pine & Co", "properties": {tier.key: None}})
    assert (status, now["name"], now["domain"], now["properties"]) == (200, "Pine & Co", "pine.example", {})
    assert now["updated_at"] > made["updated_at"] and shop("get", url) == (200, now)
    for wrong, field in (
        ({"name": " "}, "name"), ({"domain": "gmail.com"}, "domain"), ({"name": "X", "size": 3}, "size"),
        ({"name": "X", "properties": {"Tier": "Tin"}}, "properties.Tier"),
    ):  # fmt: skip
        assert shop("patch", url, wrong)[1]["field"] == field
    save_company(None, name="Oak", domain="")
    monkeypatch.setattr(api_pages, "PAGE", 1)
    first = shop("get", "companies")[1]
    assert [one["name"] for one in first["companies"]] == ["Oak"]
    assert shop("get", "companies", before=first["before"])[1]["companies"] == [now]
    assert shop("get", "companies", domain="pine.example")[1]["companies"] == [now]
    assert shop("get", "companies", name="oak", updated_since=made["created_at"])[1]["after"] is None
    told = shop("get", "properties")[1]["properties"]
    assert told == [
        {
            "about": "company",
            "key": tier.key,
            "name": "Tier",
            "sort": "choice",
            "options": ["Gold"],
            "required": False,
        }
    ]
    assert shop("delete", url)[0] == 403 and Program(ada, P.WORK, P.MANAGE_INBOXES)("delete", url)[0] == 204
    assert shop("get", url)[0] == 404
