"""SB-5: whose company an address says it is; companies by hand; two made one. And numbers as people dial them."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from contacts import companies, phones
from contacts.actions import choose_ways, find_or_create_contact, set_property
from contacts.company_merge import merge_companies, part_companies, undoable
from contacts.freemail import FREE, company_domain
from contacts.merge import UNDO_WITHIN, TooLate
from contacts.models import Company, CompanyMerge, Contact
from conversations.receive_many import receive_many
from tests.factories import make_conversation, make_mail, make_ticket
from tickets.models import Ticket


def path(name: str, *args) -> str:
    return reverse(f"contacts:{name}", args=["acme", *args])


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("a@Pine.Example", "pine.example"),
        ("a@gmail.com", ""),
        ("a@yahoo.fr", ""),
        ("nobody", ""),
        ("a@local", ""),
    ],
)
def test_free_mail_says_nothing_of_a_company(address, domain):
    assert company_domain(address) == domain
    assert all("." in one and one == one.lower() for one in FREE)


def test_a_first_letter_joins_the_company_of_its_domain(acme, in_acme):
    pine = companies.save_company(None, name="Pine", domain="https://www.Pine.example/about")
    assert pine.domain == "pine.example"
    assert make_conversation(acme).contact.company == pine
    assert find_or_create_contact(kind="email", address="x@gmail.com").company is None
    assert find_or_create_contact(kind="email", address="x@oak.example").company is None
    receive_many([make_mail(acme, address=f"m{n}@pine.example") for n in range(3)])
    assert pine.contacts.count() == 4


def test_the_switch_makes_companies_or_leaves_them_alone(in_acme):
    choose_ways(country="", by_domain="create")
    one = find_or_create_contact(kind="email", address="a@oak.example")
    two = find_or_create_contact(kind="email", address="b@oak.example")
    assert one.company == two.company and one.company.domain == "oak.example"
    assert find_or_create_contact(kind="email", address="a@gmail.com").company is None
    choose_ways(country="", by_domain="off")
    assert find_or_create_contact(kind="email", address="c@oak.example").company is None


def test_by_hand_a_domain_is_a_domain_and_not_everybodys(in_acme):
    for domain in ("gmail.com", "no domain", "x"):
        with pytest.raises(ValidationError):
            companies.save_company(None, name="X", domain=domain)
    with pytest.raises(ValidationError):
        companies.save_company(None, name=" ", domain="")


def test_two_companies_become_one(acme, in_acme, ben):
    james = make_conversation(acme).contact
    set_property(james, "company", "Pine")
    kept = companies.save_company(None, name="Pine & Co", domain="")
    gone = companies.save_company(Company.objects.get(name="Pine"), name="Pine", domain="pine.example")
    ticket = make_ticket(acme)
    Ticket.objects.filter(pk=ticket.pk).update(company=gone)
    record = merge_companies(kept, gone, by=ben)
    james.refresh_from_db()
    kept.refresh_from_db()
    assert (james.company, kept.domain) == (kept, "pine.example")
    assert james.conversations.get().contact_org == "Pine & Co"
    ticket.refresh_from_db()
    assert ticket.company == kept and list(undoable(kept)) == [record]
    with pytest.raises(ValidationError):
        merge_companies(kept, kept)
    third = companies.save_company(None, name="Pine Ltd", domain="")
    merge_companies(third, kept)
    again = part_companies(undoable(third).get(gone__name="Pine"))
    james.refresh_from_db()
    ticket.refresh_from_db()
    assert (james.company, ticket.company, again.pk) == (again, again, gone.pk)
    assert james.conversations.get().contact_org == "Pine" and again.domain == "pine.example"
    with pytest.raises(TooLate):
        part_companies(record)
    later = CompanyMerge.objects.get(undone_at=None)
    CompanyMerge.objects.filter(pk=later.pk).update(created_at=timezone.now() - UNDO_WITHIN * 2)
    with pytest.raises(TooLate):
        part_companies(later)
    assert not undoable(third)


def test_the_pages_of_companies(client_of, acme, ada, ben, in_acme):
    james = make_conversation(acme).contact
    client = client_of(ben)
    made = client.post(path("new_company"), {"name": "Pine", "domain": "pine.example"})
    company = Company.objects.get()
    assert made.url == path("company", company.pk)
    assert "Pine" in client.get(path("companies"), {"q": "pine.ex"}).content.decode()
    client.post(path("join_company", company.pk))
    james.refresh_from_db()
    assert james.company == company and "James Whitfield" in client.get(made.url).content.decode()
    twin = companies.save_company(None, name="pine", domain="")
    assert client.post(path("merge_companies", twin.pk), {"other": company.pk}).status_code == 404
    assert "May be the same" in client_of(ada).get(path("company", twin.pk)).content.decode()
    client_of(ada).post(path("merge_companies", twin.pk), {"other": company.pk})
    page = client_of(ada).get(path("company", twin.pk)).content.decode()
    parting = path("part_companies", twin.pk, CompanyMerge.objects.get().pk)
    assert parting in page and client.post(parting).status_code == 404
    client_of(ada).post(parting)
    assert Company.objects.count() == 2
    client_of(ada).post(path("merge_companies", twin.pk), {"other": company.pk})
    client_of(ada).post(path("drop_company", twin.pk))
    assert Contact.objects.get(pk=james.pk).company is None and not Company.objects.exists()


@pytest.mark.parametrize(
    ("typed", "country", "shown", "key"),
    [
        ("01 99 00 12 47", "FR", "+33 1 99 00 12 47", "33199001247"),
        ("+33199001247", "", "+33 1 99 00 12 47", "33199001247"),
        ("(020) 7946 0000", "GB", "+44 20 7946 0000", "442079460000"),
        ("01 99 00 12 47", "", "01 99 00 12 47", "0199001247"),
        ("", "FR", "", ""),
        ("123", "FR", "123", "123"),
    ],
)
def test_numbers_are_kept_as_their_country_writes_them(typed, country, shown, key):
    assert phones.tidy(typed, country) == (shown, key)


def test_the_country_of_the_workspace_reads_numbers_without_one(client_of, ada, acme, in_acme):
    james = make_conversation(acme).contact
    Contact.objects.filter(pk=james.pk).update(phone="as it was typed once")
    answer = client_of(ada).post(path("card"), {"ways": "1", "country": "FR", "by_domain": "known"})
    assert answer.status_code == 302
    assert set_property(james, "phone", "01 99 00 12 47").phone == "+33 1 99 00 12 47"
    assert "France" in client_of(ada).get(path("card")).content.decode()
