"""The list of contacts: searched, filtered, paged, kept as views; and verbs for many at once."""

from datetime import timedelta

import phonenumbers
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from config.palette import people
from contacts import bulk, saved
from contacts.actions import add_address, create_contact, set_deleted, set_property
from contacts.filters import filters_for, own_of_contacts
from contacts.models import Company, Contact, ContactAddress, ContactView
from contacts.people import PAGE, Asked, ids_of, page_of
from contacts.search import find_contacts
from contacts.tasks import forget_deleted
from conversations.actions import set_status
from conversations.receive import receive
from tests.factories import make_conversation, make_mail, make_member
from workspaces.permissions import Role


def path(name: str, *args) -> str:
    return reverse(f"contacts:{name}", args=["acme", *args])


def listed(member, **asked) -> list[str]:
    filters = filters_for(member, own_of_contacts())
    return [one.called for one in page_of(Asked(**asked), member, filters).rows]


@pytest.fixture
def crowd(in_acme):
    """120 people, each seen a minute before the one after."""
    now = timezone.now()
    Contact.objects.bulk_create(
        Contact(
            workspace_id=in_acme.workspace.pk,
            name=f"Person {n:03}",
            last_seen_at=now - timedelta(minutes=n // 2),  # two at each moment
        )
        for n in range(120)
    )


@pytest.mark.parametrize("sort", ["seen", "name", "new"])
def test_pages_follow_each_other_without_gap_or_double(ben, crowd, sort, django_assert_num_queries):
    filters, seen, after = filters_for(ben, []), [], ""
    for _page in range(3):
        with django_assert_num_queries(1):
            page = page_of(Asked(sort=sort, after=after), ben, filters)
        seen += [one.name for one in page.rows]
        after = page.after
    assert len(seen) == len(set(seen)) == 120 and not after
    assert seen[:PAGE] != sorted(seen)[:PAGE] or sort in ("name", "seen")
    assert len(page_of(Asked(sort=sort, after="x_nonsense"), ben, filters).rows) == PAGE


def test_filters_ask_for_what_they_say(acme, ben, ada, in_acme):
    anna, otto, gone = (create_contact(name=name) for name in ("Anna", "Otto", "Gone"))
    set_property(anna, "owner", str(ben.pk))
    set_property(anna, "company", "Pine & Co")
    set_property(otto, "language", "fr")
    set_deleted(gone, True)
    Contact.objects.filter(pk=otto.pk).update(
        last_seen_at=timezone.now() - timedelta(days=40), blocked_at=timezone.now()
    )
    james = make_conversation(acme)
    ask = {
        "owner": {"me": ["Anna"], "none": ["James Whitfield", "Otto"], str(ada.pk): []},
        "company": {"pine": ["Anna"], f"#{Company.objects.get().pk}": ["Anna"], "x": []},
        "seen": {"7": ["James Whitfield", "Anna"], "-30": ["Otto"]},
        "open": {"1": ["James Whitfield"], "0": ["Anna", "Otto"]},
        "language": {"fr": ["Otto"]},
        "blocked": {"1": ["Otto"], "0": ["James Whitfield", "Anna"]},
        "deleted": {"1": ["Gone"]},
        "nonsense": {"1": ["James Whitfield", "Anna", "Otto"]},
    }
    for key, answers in ask.items():
        for value, names in answers.items():
            assert listed(ben, filters={key: value}) == names, (key, value)
    set_status(james, "closed", by=ben)
    assert listed(ben, filters={"open": "1"}) == []


def test_search_finds_any_part_and_a_number_however_it_is_typed(acme, ben, in_acme):
    anna = create_contact(name="Anna Ésope", email="anna@pine.example")
    set_property(anna, "phone", "+33 4 12 34 56 78")
    for words in ("ésope", "pine.ex", "0412345678", "+33412345678", "04 12 34", "anna pine"):
        assert listed(ben, q=words) == ["Anna Ésope"], words
    assert listed(ben, q="anna", filters={"blocked": "1"}) == [] and listed(ben, q="a") == []
    set_deleted(anna, True)
    assert listed(ben, q="anna") == []


def test_a_number_is_found_from_its_start_at_home_or_abroad_and_from_its_end(acme, ben, in_acme):
    kept = {
        "Anna": "+33 4 12 34 56 78",
        "Aldo": "+39 06 9876 5432",
        "Kim": "+1 415 555 2671",
        "Zed": "0199 001 247",
    }
    for name, phone in kept.items():
        set_property(create_contact(name=name, email=f"{name}@pine.example".lower()), "phone", phone)
    create_contact(name="Order 41234", email="o@pine.example")
    typed = {
        "+33 4 12 34": ["Anna"], "04 12 34 5": ["Anna"], "56 78": ["Anna"], "0412": ["Anna"], "0412345678": ["Anna"],
        "06 9876": ["Aldo"], "+39069876": ["Aldo"], "(415) 555": ["Kim"], "4155552671": ["Kim"], "0199001": ["Zed"],
        "41234": ["Anna", "Order 41234"], "9876543210": [],
    }  # fmt: skip
    for words, names in typed.items():
        assert listed(ben, q=words) == names, words
    set_deleted(Contact.objects.get(name="Anna"), True)
    assert listed(ben, q="0412345678") == []


def test_a_number_at_home_is_what_is_left_without_its_country(in_acme):
    """Of every country that has numbers: the database and the library agree."""
    pairs = {}
    for region in phonenumbers.SUPPORTED_REGIONS:
        number = phonenumbers.example_number(region)
        key = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]
        pairs[key] = str(number.national_number)
    with connection.cursor() as cursor:
        cursor.execute("select k, contacts_national(k) from unnest(%s::text[]) k", [list(pairs)])
        assert dict(cursor.fetchall()) == {key: home.lstrip("0") for key, home in pairs.items()}


def test_who_sees_only_their_own_sees_only_the_people_in_them(acme, in_acme, ben, client_of):
    """AC-6."""
    restricted = make_member(acme.workspace, "r@acme.example", "Rita", Role.RESTRICTED)
    conversation = make_conversation(acme)
    assert listed(ben) == ["James Whitfield"] and listed(restricted) == []
    assert find_contacts("james", ben) and not find_contacts("james", restricted)
    assert people("james", ben)["items"] and not people("james", restricted)["items"]
    page = client_of(restricted).get(path("find"), {"q": "james"})
    assert page.status_code == 200 and b"Whitfield" not in page.content
    # SB-2: an address that is taken does not say whose it is, until they may see that.
    taken = {"email": conversation.contact.email}
    for client, knows in ((client_of(ben), True), (client_of(restricted), False)):
        refused = client.post(path("new"), taken)
        assert refused.status_code == 422 and ("Whitfield" in refused.text) is knows
        assert ("Somebody has this address already." in refused.text) is not knows
    mine = create_contact(name="Mine")
    set_property(mine, "owner", str(restricted.pk))
    said = client_of(restricted).post(path("property", mine.pk, "email"), {"value": taken["email"]})
    assert said.status_code == 422 and "Whitfield" not in said.text and "already" in said.text
    mine.delete()
    set_property(conversation.contact, "owner", str(restricted.pk))
    assert listed(restricted) == ["James Whitfield"]
    assert find_contacts("james", restricted) and people("james", restricted)["items"]


def test_who_is_called_so_comes_first_then_who_wrote_last(acme, in_acme, ben):
    """Starts of names first, by name; two letters look for starts; an address is looked for from its start."""
    old = create_contact(name="Old Marten", email="old@pine.example")
    new = create_contact(name="New Marten", email="new@pine.example")
    Contact.objects.filter(pk=old.pk).update(last_seen_at=timezone.now() - timedelta(days=9))
    first = create_contact(name="Marten First", email="first@pine.example")
    assert find_contacts("marten", ben) == [first, new, old]
    assert find_contacts("ma", ben)[0] == first
    assert find_contacts("NEW@", ben) == [new] and find_contacts("new@pine.example", ben) == [new]
    add_address(old, kind="email", value="marten.o@home.example")
    assert find_contacts("marten.o@h", ben) == [old] and find_contacts("@home.exam", ben) == [old]
    set_deleted(old, True)
    assert find_contacts("marten.o@h", ben) == []


def test_the_page_is_a_fixed_number_of_queries_and_no_bigger_with_more_rows(
    client_of, acme, ben, crowd, django_assert_max_num_queries
):
    client = client_of(ben)
    client.get(path("list"))
    with django_assert_max_num_queries(34):
        page = client.get(path("list"))
    assert page.content.decode().count('name="ids"') == PAGE
    with django_assert_max_num_queries(16):
        more = client.get(path("list"), {"q": "person 01"}, headers={"HX-Request": "true"})
    assert more.content.decode().count('name="ids"') == 12  # 010 to 019, 001 and 101


def test_columns_and_views_are_kept(client_of, acme, ben, ada, crowd):
    client = client_of(ben)
    assert "Job title" in client.get(path("list"), {"col": ["job_title"]}).content.decode()
    page = client.get(path("list")).content.decode()
    assert '<th scope="col">Job title' in page and '<th scope="col">Email' not in page
    told = {"name": "Mine", "owner": "me", "sort": "name", "col": ["city"], "sharing": "private"}
    kept = client.post(path("save_view"), told)
    view = ContactView.objects.get()
    assert kept.url.endswith(f"?view={view.pk}") and (view.filters, view.sort) == ({"owner": "me"}, "name")
    assert "There are no contacts" not in client.get(kept.url).content.decode()
    assert client_of(ada).get(kept.url).status_code == 404, "another's own view is not there"
    client.post(path("save_view"), told | {"sharing": "everyone", "change": view.pk})
    assert client_of(ada).get(kept.url).status_code == 200
    assert not saved.may_change(view, make_member(acme.workspace, "d@acme.example", "Dan"))
    client.post(path("drop_view", view.pk))
    assert not ContactView.objects.exists()


def test_one_verb_for_many_is_done_kept_and_taken_back(ben, ada, crowd):
    ids = ids_of(Asked(sort="name"), ben, filters_for(ben, []), bulk.MOST)
    few = bulk.start("property", ids[:3], {"key": "city", "value": "Lyon"}, by=ben)
    assert (few.changed, Contact.objects.filter(city="Lyon").count()) == (3, 3)
    bulk.take_back(few, by=ben)
    assert not Contact.objects.filter(city="Lyon").exists()
    with pytest.raises(bulk.TooLate):
        bulk.take_back(few, by=ben)
    many = bulk.start("owner", ids, {"to": str(ada.pk)}, by=ben)
    assert many.is_running() and many.changed == 0
    while bulk.step(many.pk):
        pass
    assert Contact.objects.filter(owner=ada).count() == 120
    for verb, told in (
        ("owner", {"to": "999999"}),
        ("property", {"key": "name", "value": "x"}),
        ("nothing", {}),
    ):
        with pytest.raises(ValidationError):
            bulk.start(verb, ids, told, by=ben)
    with pytest.raises(ValidationError):
        bulk.start("delete", ids, {}, by=ben)  # a right of its own


def test_bulk_from_the_page_with_and_without_a_script(client_of, acme, ada, crowd):
    client, ids = client_of(ada), list(Contact.objects.values_list("pk", flat=True)[:2])
    assert client.post(path("bulk"), {"verb": "block", "ids": ids}).status_code == 302
    assert Contact.objects.exclude(blocked_at=None).count() == 2
    told = client.post(
        path("bulk"), {"verb": "delete", "all": "1", "q": "person 00"}, headers={"Accept": "application/json"}
    ).json()
    assert told["changed"] == Contact.objects.exclude(deleted_at=None).count() == 11
    assert client.post(told["undo"]).json()["say"] == "Taken back."
    assert not Contact.objects.exclude(deleted_at=None).exists()
    assert client_of(make_member(acme.workspace, "e@acme.example", "Eve")).get(told["url"]).status_code == 404


def test_who_is_deleted_comes_back_by_writing_and_goes_for_good_later(acme, in_acme, ben):
    contact = make_conversation(acme).contact
    set_deleted(contact, True)
    assert listed(ben) == []
    receive(make_mail(acme, "Again"))
    assert listed(ben) == ["James Whitfield"]
    assert contact.changes.filter(key="deleted").count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
def test_the_sweep_takes_only_who_was_deleted_long_ago(acme):
    with acme.scope():
        old, fresh = create_contact(name="Old"), create_contact(name="Fresh")
        set_deleted(fresh, True)
        Contact.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    assert forget_deleted() == 1
    with acme.scope():
        assert [one.name for one in Contact.objects.all()] == ["Fresh"]


def test_last_seen_follows_what_they_write_and_not_what_we_write(acme, in_acme):
    contact = make_conversation(acme).contact
    long_ago = timezone.now() - timedelta(days=9)
    Contact.objects.filter(pk=contact.pk).update(last_seen_at=long_ago)
    receive(make_mail(acme, "Hello again"))
    contact.refresh_from_db()
    assert timezone.now() - contact.last_seen_at < timedelta(minutes=5)


def test_the_order_by_name_is_read_from_its_index(ben, crowd):
    """A row policy lets no function bound an index: the page stays cheap however deep it lies."""
    with connection.cursor() as cursor:
        cursor.execute(
            "set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off"
        )
    rows = Contact.objects.filter(deleted_at=None, sort_name__gte="person 050").order_by("sort_name", "pk")[
        :50
    ]
    plan = rows.explain()
    assert "contacts_by_name" in plan and "sort_name" in plan.split("Index Cond")[1].splitlines()[0]


def test_whose_an_address_is_is_read_from_its_index(ben, in_acme):
    """Each mail that comes in asks it: one row, however many contacts there are."""
    create_contact(name="Anna", email="anna@pine.example")
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off; set local enable_bitmapscan = off")
    plan = ContactAddress.objects.filter(kind="email", value="anna@pine.example").explain()
    assert "address_by_value" in plan and "value" in plan.split("Index Cond")[1].splitlines()[0]
