"""Companies have properties of the workspace's own, as contacts do: by the same definitions, checks, files and history."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from chatflows.doers import DOERS, Doing
from chatflows.facts import of_contact
from chatflows.forms_builder import settable
from chatflows.forms_target import field_words
from contacts import lists, saved
from contacts.actions import create_contact, set_property
from contacts.companies import delete_company, save_company
from contacts.company_merge import merge_companies, part_companies
from contacts.custom import archive, define, set_values
from contacts.exports import run
from contacts.imports import work
from contacts.models import Company, Contact, ContactExport, ContactView, ImportRow, PropertyChange
from conversations.conditions import Asked, clean, to_q
from conversations.conditions_custom import key_of
from conversations.models import Conversation, PropertyFile
from tests.factories import make_conversation
from tests.pictures import PDF


def path(name: str, *args) -> str:
    return reverse(f"contacts:{name}", args=["acme", *args])


@pytest.fixture
def tier(in_acme):
    return define(about="company", label="Tier", sort="choice", options=["Gold", "Silver"], position=1)


@pytest.fixture
def seats(in_acme):
    return define(about="company", label="Seats", sort="number", position=2, in_sidebar=False)


@pytest.fixture
def pine(in_acme) -> Company:
    return save_company(None, name="Pine", domain="pine.example")


def history(company: Company) -> list[tuple]:
    rows = PropertyChange.objects.filter(company=company).order_by("pk")
    return list(rows.values_list("key", "before", "after", "how"))


def test_the_settings_page_makes_one_and_the_page_of_a_company_writes_it(client_of, ada, ben, acme, pine):
    new = {"label": "Tier", "about": "company", "sort": "choice", "options": "Gold\nSilver", "position": "1"}
    assert client_of(ada).post(path("define"), new).status_code == 302
    assert "Company · One of a list" in client_of(ada).get(path("definitions")).text
    tier = define(about="company", label="Seats", sort="number", position=2, in_sidebar=False)
    client, url = client_of(ben), path("company", pine.pk)
    same = {"name": "Pine", "domain": "pine.example"}
    # Each mistake stands at its field, and nothing is written.
    bad = client.post(url, {"name": " ", "domain": "gmail.com", f"company-{tier.key}": "many"})
    assert bad.status_code == 422 and bad.text.count('class="error"') == 3 and 'value="many"' in bad.text
    pine.refresh_from_db()
    assert (pine.name, pine.custom) == ("Pine", {})
    assert client.post(url, same | {f"company-{tier.key}": "12"}).status_code == 302
    client.post(url, same | {"name": "Pine & Co", f"company-{tier.key}": "14"})
    pine.refresh_from_db()
    assert pine.custom == {tier.key: 14.0}
    changes = PropertyChange.objects.filter(company=pine).order_by("pk")
    assert [(one.key, one.before, one.after, one.by) for one in changes] == [
        (tier.key, "", "12", ben),
        ("name", "Pine", "Pine & Co", ben),
        (tier.key, "12", "14", ben),
    ]
    page = client.get(url).text
    assert "Seats" in page and "Pine → Pine &amp; Co" in page
    made = client.post(path("new_company"), {"name": "Oak", "domain": "", f"company-{tier.key}": "3"})
    assert Company.objects.get(name="Oak").custom == {tier.key: 3.0} and made.status_code == 302
    archive(tier, True)
    client.post(url, {"name": "Pine", "domain": ""})
    pine.refresh_from_db()
    assert pine.custom == {tier.key: 14.0}, "what is archived keeps its values"


def test_the_list_has_columns_filters_and_views_of_them(
    client_of, ada, ben, acme, tier, seats, pine, django_assert_max_num_queries
):
    oak = save_company(None, name="Oak", domain="")
    set_values(pine, {tier.key: "Gold", seats.key: 12})
    set_values(oak, {tier.key: "Silver"})
    set_property(create_contact(name="Anna"), "company", "Pine")
    client, url = client_of(ben), path("companies")

    def named(**asked) -> list[str]:
        page = client.get(url, asked, headers={"HX-Request": "true"}).text
        return [name for name in ("Oak", "Pine") if f"<bdi>{name}</bdi></a>" in page]

    assert named() == ["Oak", "Pine"] and named(q="pine.ex") == ["Pine"]
    typed = client.get(url, {"q": "pine.ex"}, headers={"HX-Request": "true"}).text
    assert 'form="companies-export" name="q" value="pine.ex"' in typed, "the file is of what is shown"
    assert named(**{tier.key: "Gold"}) == ["Pine"] and named(**{tier.key: "Tin"}) == ["Oak", "Pine"]
    assert named(**{seats.key: "12"}) == ["Pine"] and named(people="0") == ["Oak"]
    assert named(domain="1") == ["Pine"] and named(sort="new") == ["Oak", "Pine"]
    shown = client.get(url, {"col": [tier.key, "people"]}).text
    assert ">Gold<" in shown and ">Tier</th>" in shown and ">Domain</th>" not in shown
    assert ">Tier</th>" in client.get(url).text, "columns that were chosen are chosen next time"
    # A view is of one of the two lists.
    told = {"about": "company", "name": "Golden", "sharing": "everyone", tier.key: "Gold", "col": [seats.key]}
    kept = client.post(path("save_view"), told)
    view = ContactView.objects.get()
    assert kept.url == f"{url}?view={view.pk}" and (view.about, view.sort) == ("company", "name")
    page = client_of(ada).get(kept.url).text
    assert "Golden" in page and ">Oak<" not in page and ">12<" in page
    assert saved.views_for(ada) == [] and client.get(path("list"), {"view": view.pk}).status_code == 404
    assert client.post(path("save_view"), {"name": "X", "change": view.pk}).status_code == 404
    assert client.post(path("drop_view", view.pk)).url == url and not ContactView.objects.exists()
    # The number of queries does not grow with the rows.
    Company.objects.bulk_create(
        Company(workspace_id=pine.workspace_id, name=f"Company {n:03}", custom={tier.key: "Gold"})
        for n in range(60)
    )
    with django_assert_max_num_queries(18):
        first = client.get(url, {"col": [tier.key, "people", "domain"]})
    assert first.text.count("<tr>") == 51 and "after=" in first.text


def test_a_property_that_holds_a_file(client_of, ben, acme, pine, django_capture_on_commit_callbacks):
    one = define(about="company", label="Contract", sort="file")
    client, told = client_of(ben), {"name": "Pine", "domain": ""}
    pdf = SimpleUploadedFile("contract.pdf", PDF, "application/pdf")
    client.post(path("company", pine.pk), told | {f"company-{one.key}": pdf})
    file = PropertyFile.objects.get()
    assert file.company_id == pine.pk and file.contact_id is None
    link = reverse("conversations:own_file", args=["acme", file.storage_key])
    assert link in client.get(path("company", pine.pk)).text and client.get(link).status_code == 200
    client.post(path("company", pine.pk), told)
    assert PropertyFile.objects.exists(), "saved without another file, it stays"
    with django_capture_on_commit_callbacks(execute=True):
        delete_company(pine)
    assert not PropertyFile.objects.exists() and client.get(link).status_code == 404


def test_contacts_are_asked_for_by_them_and_lists_follow(ben, acme, tier, seats, pine, client_of):
    anna, otto = create_contact(name="Anna"), create_contact(name="Otto")
    set_property(anna, "company", "Pine")
    set_property(otto, "company", "Oak")
    one = lists.save_list(None, name="Golden", by=ben, rule={tier.key: "Gold"})
    assert not one.rows.exists()
    Contact.objects.update(
        last_seen_at=timezone.now() - timedelta(days=9), created_at=timezone.now() - timedelta(days=9)
    )
    PropertyChange.objects.all().delete()
    set_values(pine, {tier.key: "Gold", seats.key: 12})
    lists.catch_up(one.pk)
    assert list(one.rows.values_list("contact", flat=True)) == [anna.pk], (
        "its people are looked at with the company"
    )
    page = client_of(ben).get(path("list"), {seats.key: "12"}).text
    assert ">Anna<" in page and ">Otto<" not in page and "Company: Seats" in page


FILE = """Name,Email,Company,Tier,Company: Seats
Anna,anna@pine.example,Pine,Gold,12
Otto,otto@oak.example,Oak,Silver,3
Zoe,zoe@oak.example,Oak,Tin,
Nell,nell@gmail.com,,Gold,
"""


def take(text: str, ben, *, on_match: str = "update"):
    job = work.upload(SimpleUploadedFile("people.csv", text.encode()), by=ben)
    work.check(job, mapping=job.mapping, on_match=on_match, into=None)
    work.run(ben.workspace_id, job.pk)
    job.refresh_from_db()
    work.start(job, by=ben)
    work.run(ben.workspace_id, job.pk)
    job.refresh_from_db()
    return job


def test_an_import_writes_them_and_takes_them_back(ben, tier, seats, pine):
    set_values(pine, {tier.key: "Silver"})
    job = take(FILE, ben)
    assert job.mapping == ["name", "email", "company", tier.key, seats.key]
    assert job.counts == {"created": 3, "failed": 1}
    assert "Company: Tier" in ImportRow.objects.get(outcome="failed").error
    pine.refresh_from_db()
    oak = Company.objects.get(name="Oak")
    assert pine.custom == {tier.key: "Gold", seats.key: 12.0}
    assert oak.custom == {tier.key: "Silver", seats.key: 3.0}
    assert Contact.objects.get(name="Anna").custom == {}
    assert history(pine)[1:] == [(tier.key, "Silver", "Gold", "import"), (seats.key, "", "12", "import")]
    # The same file again changes nobody; what is filled stays where only the empty is filled.
    assert take(FILE, ben).counts == {"same": 3, "failed": 1}
    other = FILE.replace("Gold,12", "Silver,13").replace("Pine,", "pine,")
    assert take(other, ben, on_match="fill").counts == {"same": 3, "failed": 1}
    changed = take(other, ben)
    pine.refresh_from_db()
    assert changed.counts["updated"] == 1 and pine.custom == {tier.key: "Silver", seats.key: 13.0}
    # Back, the last first; what somebody changed since stays.
    set_values(pine, {seats.key: 20})
    for one in (changed, job):
        work.take_back(one, by=ben)
        work.run(ben.workspace_id, one.pk)
    pine.refresh_from_db()
    oak.refresh_from_db()
    assert pine.custom == {tier.key: "Silver", seats.key: 20} and oak.custom == {}
    assert not Contact.objects.exists()


def test_companies_go_out_as_a_file(client_of, ada, ben, tier, pine, django_capture_on_commit_callbacks):
    save_company(None, name="=Oak", domain="")
    set_values(pine, {tier.key: "Gold"})
    told = {"about": "company", "all": "1", "col": [tier.key, "domain"]}
    assert client_of(ben).post(path("export"), told).status_code == 404, "only who may export"
    client_of(ada).post(path("export"), told)
    export = ContactExport.objects.get()
    run(export.workspace_id, export.pk)
    export.refresh_from_db()
    rows = list(csv.reader(io.StringIO(export.path.read_text("utf-8-sig"))))
    assert rows == [["Name", "Domain", "Tier"], ["Pine", "pine.example", "Gold"], ["'=Oak", "", ""]]
    assert "2 companies" in client_of(ada).get(path("files")).text
    export.path.unlink()


def test_two_companies_become_one_and_two_again(ben, tier, seats, pine):
    oak = save_company(None, name="Oak", domain="")
    set_values(pine, {tier.key: "Gold", seats.key: 12})
    set_values(oak, {tier.key: "Silver"})
    record = merge_companies(oak, pine, by=ben)
    oak.refresh_from_db()
    assert oak.custom == {tier.key: "Silver", seats.key: 12}
    again = part_companies(record)
    oak.refresh_from_db()
    assert oak.custom == {tier.key: "Silver"} and again.custom == {tier.key: "Gold", seats.key: 12}
    assert len(history(again)) == 2, "its history came over, and went back with it"


def test_bots_set_them_and_chatflows_ask_for_them(acme, ben, tier, seats, pine):
    """TG-5, BE: what does not fit is left out."""
    conversation = make_conversation(acme)
    set_property(conversation.contact, "company", "Pine")
    conversation.contact.refresh_from_db()
    doing = Doing(None, conversation, "Bot")

    def put(key: str, value: str) -> dict:
        DOERS["set"](doing, {"do": "set", "of": "company", "property": key, "value": value})
        pine.refresh_from_db()
        return pine.custom

    assert put(f"company.{tier.key}", "Gold") == {tier.key: "Gold"}
    assert put(tier.key, "Tin") == {tier.key: "Gold"} and put("p999", "x") == {tier.key: "Gold"}
    put("domain", "gmail.com")
    put("name", "Pine & Co")
    assert (pine.domain, pine.name) == ("pine.example", "Pine & Co")
    assert Conversation.objects.get(pk=conversation.pk).contact_org == "Pine & Co"
    assert history(pine)[0] == (tier.key, "", "Gold", "bot")
    contact = Contact.objects.select_related("company").get(pk=conversation.contact_id)
    assert of_contact(contact)[f"company.{tier.key}"] == "Gold"
    assert field_words()[f"company.{tier.key}"] == "Company: Tier"
    assert (f"company.{seats.key}", "Company: Seats") in settable()


def test_views_of_conversations_and_the_part_beside_one(acme, ada, ben, client_of, tier, seats, pine):
    conversation = make_conversation(acme)
    set_property(conversation.contact, "company", "Pine")
    url = reverse("conversations:custom", args=["acme", conversation.pk])
    page = client_of(ben).get(url).text
    assert "Tier" in page and "Seats" not in page
    set_values(pine, {seats.key: 12})
    record = client_of(ben).get(path("show", conversation.contact_id))
    assert [(one["label"], one["value"]) for one in record.context["company_facts"]] == [("Seats", "12")]
    client_of(ben).post(url, {f"company-{tier.key}": "Gold"})
    pine.refresh_from_db()
    assert pine.custom == {tier.key: "Gold", seats.key: 12}
    for op, value, found in (("is", "Gold", True), ("is", "Silver", False), ("is_not", "Gold", False)):
        line = {"field": key_of(tier), "op": op, "value": [value]}
        asked = to_q(clean({"any": [{"all": [line]}]}), Asked(ada.pk, timezone.now()))
        assert Conversation.objects.filter(asked).exists() is found, (op, value)


def test_a_change_is_of_one_thing_of_ones_own_workspace(acme, globex, ben):
    with globex.scope():
        theirs = Company.objects.create(name="Theirs")
        define(about="company", label="Theirs", sort="text")
    with acme.scope():
        pine, james = save_company(None, name="Pine", domain=""), create_contact(name="James")
        change = {"workspace_id": pine.workspace_id, "key": "name", "after": "x"}
        for told in ({}, {"company": pine, "contact": james}):
            with pytest.raises(IntegrityError), transaction.atomic():
                PropertyChange.objects.create(**change, **told)
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            PropertyChange.objects.create(**change, company_id=theirs.pk)
            cursor.execute("set constraints all immediate")
        assert Company.objects.count() == 1 and field_words().get("company.name") and len(settable()) == 10
        # Lists by a rule look at who changed: a company is nobody.
        save_company(pine, name="Pine & Co", domain="")
        one = lists.save_list(None, name="All", by=ben, rule={"blocked": "0"})
        lists.catch_up(one.pk)
        assert one.rows.count() == 1


def test_one_verb_for_many_companies_is_done_and_taken_back(client_of, ada, ben, acme, tier, seats, pine):
    """As for contacts: ticked or all that is asked for, in the background when many, undone within the toast's time."""
    check = define(about="company", label="Partner", sort="check")
    set_values(pine, {tier.key: "Silver"})
    oak, elm = (save_company(None, name=name, domain="") for name in ("Oak", "Elm"))
    client, url = client_of(ben), path("bulk")
    assert path("bulk") in client.get(path("companies")).text

    def ask(**told):
        json = {"Accept": "application/json"}
        return client.post(url, {"about": "company", "verb": "property", **told}, headers=json)

    def values(key: str) -> list:
        return [Company.objects.get(pk=one.pk).custom.get(key) for one in (pine, oak, elm)]

    done = ask(ids=f"{pine.pk},{oak.pk}", key=tier.key, value="Gold").json()
    assert values(tier.key) == ["Gold", "Gold", None] and done["say"] == "2 companies changed"
    assert history(oak) == [(tier.key, "", "Gold", "")] and PropertyChange.objects.filter(by=ben).count() == 2
    assert client.post(done["undo"]).json()["say"] == "Taken back."
    assert values(tier.key) == ["Silver", None, None]
    # All that the list asks for; a yes or no and a number as people write them.
    ask(all="1", key=check.key, value="no", **{tier.key: "Silver"})
    ask(all="1", key=seats.key, value="1 200,5", q="oa")
    assert values(check.key) == [False, None, None] and values(seats.key) == [None, 1200.5, None]
    for wrong in (
        {"key": "city", "value": "Lyon"},
        {"key": tier.key, "value": "Tin"},
        {"verb": "block"},
        {"ids": ""},
    ):
        assert ask(**{"ids": f"{elm.pk}", "key": tier.key, "value": "Gold"} | wrong).status_code == 422, wrong
    assert values(tier.key) == ["Silver", None, None]
    # The ticked ones alone go out as a file.
    client_of(ada).post(path("export"), {"about": "company", "ids": f"{elm.pk}", "col": ["domain"]})
    export = ContactExport.objects.get()
    run(export.workspace_id, export.pk)
    export.refresh_from_db()
    assert export.rows == 1 and "Elm" in export.path.read_text("utf-8-sig")
    export.path.unlink()


def test_the_list_of_contacts_shows_what_their_companies_say(
    client_of, ben, acme, tier, seats, pine, django_assert_max_num_queries
):
    set_values(pine, {tier.key: "Gold", seats.key: 12})
    anna = create_contact(name="Anna", email="anna@pine.example")
    create_contact(name="Otto")
    client, url = client_of(ben), path("list")
    shown = client.get(url, {"col": [tier.key, seats.key, "company_domain"]}).text
    assert (
        ">Company: Tier</th>" in shown and ">Gold<" in shown and ">12<" in shown and ">pine.example<" in shown
    )
    Contact.objects.bulk_create(
        Contact(workspace_id=anna.workspace_id, name=f"P{n:02}", company=pine) for n in range(60)
    )
    with django_assert_max_num_queries(20):
        many = client.get(url, {"col": [tier.key, "company_domain"]})
    assert many.text.count(">Gold<") >= 49
    # What is written for many contacts is theirs, never their company's.
    keys = [one.key for one in client.get(url).context["own"]]
    assert tier.key not in keys
