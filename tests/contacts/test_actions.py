"""One property at a time, addresses, and who is found as somebody types."""

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction

from contacts.actions import AddressTaken, add_address, create_contact, drop_address, set_property
from contacts.models import Contact
from contacts.search import find_contacts
from tests.factories import make_conversation


@pytest.fixture
def james(acme):
    with acme.scope():
        yield make_conversation(acme).contact


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("name", "  James   T. Whitfield ", "James T. Whitfield"),
        ("phone", "+33 4 00 00 12 47", "+33 4 00 00 12 47"),
        ("language", "pt_BR", "pt-br"),
        ("time_zone", "Europe/Paris", "Europe/Paris"),
        ("city", "", ""),
    ],
)
def test_what_is_typed_is_tidied_and_kept(james, key, typed, kept):
    assert getattr(set_property(james, key, typed), key) == kept


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("name", "x" * 201),
        ("phone", "call me"),
        ("email", "james@"),
        ("language", "<b>"),
        ("time_zone", "Mars/Base"),
        ("owner", "99999"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(james, key, typed):
    with pytest.raises(ValidationError):
        set_property(james, key, typed)
    assert Contact.objects.get(pk=james.pk) == james


def test_only_listed_properties_are_written(james):
    """No mass assignment."""
    with pytest.raises(KeyError):
        set_property(james, "workspace_id", "1")


def test_a_new_name_shows_in_every_list(acme, james):
    set_property(james, "company", "Pine & Co")
    set_property(james, "name", "Jim")
    conversation = james.conversations.get()
    assert (conversation.contact_name, conversation.contact_org) == ("Jim", "Pine & Co")


def test_an_address_is_one_persons(acme, james):
    """SB-2: the other one is told, not robbed."""
    other = create_contact(name="Other", email="other@pine.example")
    with pytest.raises(AddressTaken) as taken:
        set_property(james, "email", "OTHER@pine.example")
    assert taken.value.contact == other
    with pytest.raises(AddressTaken):
        create_contact(name="Again", email="james@pine.example")


def test_the_card_falls_back_to_the_next_address(acme, james):
    add_address(james, kind="email", value="jim@home.example")
    drop_address(james.addresses.get(value="james@pine.example"))
    assert Contact.objects.get(pk=james.pk).email == "jim@home.example"


@pytest.mark.parametrize("typed", ["whit", "JAMES", "pine.example", "mes whi", "+33 4 00", "1247", "maison"])
def test_a_few_letters_find_a_person(acme, james, ben, typed):
    """By name, address, company, and a phone number from its start or its end."""
    set_property(james, "phone", "+33 4 000012 47")
    set_property(james, "company", "Maison Verdier")
    assert find_contacts(typed, ben) == [james]


@pytest.mark.parametrize("typed", ["", "w", "%%", "__", "\\\\", "' or 1=1 --", "zzz"])
def test_signs_of_the_database_are_letters_like_others(acme, james, ben, typed):
    assert find_contacts(typed, ben) == []


def test_nobody_finds_the_contacts_of_another_workspace(acme, globex, james, ben):
    """T001, and the function in the database refuses by itself."""
    make_conversation(acme)
    with acme.scope():
        mine = acme.workspace.pk
    assert find_contacts("james", ben)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select contacts_find(%s, %s, 5)", [mine + 1_000_000, ["james"]])
