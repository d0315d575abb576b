"""Who sees only their own learns of nobody else, neither names nor numbers (AC-6): lists, companies, the card beside a thread."""

from django.urls import reverse

from contacts import lists
from contacts.actions import create_contact
from contacts.models import Company, Contact
from conversations.actions import assign
from tests.factories import make_conversation, make_member
from workspaces.permissions import Role


def path(name: str, *args) -> str:
    return reverse(name, args=["acme", *args])


def test_numbers_of_people_are_of_those_whom_one_sees(acme, in_acme, ada, ben, client_of):
    rita = make_member(acme.workspace, "r@acme.example", "Rita", Role.RESTRICTED)
    company = Company.objects.create(name="Pine", domain="pine.example")
    empty = Company.objects.create(name="Oak")
    mine = make_conversation(acme)
    assign(mine, to=rita, by=ada)
    Contact.objects.filter(pk=mine.contact_id).update(company=company)
    others = [create_contact(name=f"Other {n}", email=f"o{n}@oak.example") for n in range(3)]
    Contact.objects.filter(pk__in=[one.pk for one in others[:2]]).update(company=company)
    press = lists.save_list(None, name="Press", by=ben)
    lists.add(press, [mine.contact_id, *(one.pk for one in others)])
    full, narrow = client_of(ada), client_of(rita)
    for address, all_of_them, hers in (
        (path("contacts:lists"), "4 contacts", "1 contact<"),
        (path("contacts:list_of", press.pk), "4 contacts", "1 contact<"),
        (path("contacts:show", mine.contact_id), "3 contacts", "1 contact"),
        (path("conversations:sidebar", mine.pk), "3 contacts", "1 contact"),
    ):
        assert all_of_them in full.get(address).text, address
        page = narrow.get(address).text
        assert hers in page and all_of_them not in page, address
    # Whether a company has people, and who joins one by their address, is asked of these alone too.
    Contact.objects.filter(pk__in=[one.pk for one in others]).update(company=None)
    Contact.objects.filter(pk=others[0].pk).update(company=empty)
    assert "Oak" in full.get(path("contacts:companies"), {"people": "1"}).text
    assert "Oak" not in narrow.get(path("contacts:companies"), {"people": "1"}).text
    Company.objects.filter(pk=empty.pk).update(domain="oak.example")
    narrow.post(path("contacts:join_company", empty.pk))
    assert Contact.objects.filter(company=empty).count() == 1
    full.post(path("contacts:join_company", empty.pk))
    assert Contact.objects.filter(company=empty).count() == 3


def test_a_conversation_is_given_to_nobody_whom_one_does_not_see(acme, in_acme, ada, client_of):
    """T003: by number or by address, a stranger is not there, and their name is not told."""
    rita = make_member(acme.workspace, "r@acme.example", "Rita", Role.RESTRICTED)
    mine = make_conversation(acme)
    assign(mine, to=rita, by=ada)
    was, hidden = mine.contact_id, create_contact(name="Hidden Person", email="hidden@oak.example")
    narrow, address = client_of(rita), path("conversations:contact", mine.pk)
    assert narrow.post(address, {"contact": hidden.pk}).status_code == 404
    refused = narrow.post(address, {"email": "hidden@oak.example"})
    assert refused.status_code == 422 and "known already" in refused.text and "Hidden" not in refused.text
    mine.refresh_from_db()
    assert mine.contact_id == was
    assert "Hidden Person" in client_of(ada).post(address, {"email": "hidden@oak.example"}).text


def test_back_is_a_path_of_ours_or_the_inbox(acme, in_acme, ada, client_of):
    """T025."""
    client, mine = client_of(ada), make_conversation(acme).contact
    for wanted in (
        "https://evil.example/",
        "//evil.example/",
        "\\\\evil.example",
        "evil",
        "javascript:1",
        "",
    ):
        back = client.post(path("contacts:block", mine.pk), {"blocked": "0", "next": wanted})
        assert back.url == path("conversations:home"), wanted
    here = path("contacts:show", mine.pk)
    assert client.post(path("contacts:block", mine.pk), {"blocked": "0", "next": here}).url == here
