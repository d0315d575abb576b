"""SB-4: two become one with everything they have, and can be parted for thirty days."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.actions import set_property
from contacts.company_merge import merge_companies
from contacts.custom import define, set_values
from contacts.merge import CannotMerge, TooLate, merge, part, preview
from contacts.models import Company, CompanyMerge, Contact, ContactAddress, MergeRecord
from contacts.tasks import forget_merges
from conversations.models import Conversation, Message
from tests.factories import make_conversation


@pytest.fixture
def pair(acme):
    """(kept, gone): one person who wrote from two addresses."""
    with acme.scope():
        kept = make_conversation(acme).contact
        gone = make_conversation(
            acme, address="jim@home.example", name="Jim", external_id="<2@home.example>"
        ).contact
        gone = set_property(gone, "phone", "+44 20 7946 0000")
        yield kept, gone


def test_everything_comes_over(ben, pair):
    kept, gone = pair
    tier, seats = (define(about="contact", label=label, sort="text") for label in ("Tier", "Seats"))
    set_values(kept, {tier.key: "Gold"})
    set_values(gone, {tier.key: "Silver", seats.key: "12"})
    kept.refresh_from_db(), gone.refresh_from_db()
    assert preview(kept, gone).gains == {"phone": "+44 20 7946 0000", f"custom.{seats.key}": "12"}
    record = merge(kept, gone, by=ben)
    kept.refresh_from_db()
    assert kept.custom == {tier.key: "Gold", seats.key: "12"}
    assert (kept.name, kept.phone) == ("James Whitfield", "+44 20 7946 0000")
    assert set(kept.addresses.values_list("value", flat=True)) == {"james@pine.example", "jim@home.example"}
    assert kept.conversations.count() == 2
    assert set(Conversation.objects.values_list("contact_name", flat=True)) == {"James Whitfield"}
    assert not Contact.objects.filter(pk=gone.pk).exists()
    assert part(record).custom == {tier.key: "Silver", seats.key: "12"}
    kept.refresh_from_db()
    assert kept.custom == {tier.key: "Gold"}


def test_the_next_mail_from_either_address_finds_them(acme, ben, pair):
    kept, gone = pair
    merge(kept, gone, by=ben)
    assert make_conversation(acme, address="jim@home.example", external_id="<3@home.example>").contact == kept


def test_parted_again_each_has_what_was_theirs(ben, pair):
    kept, gone = pair
    before = {
        "addresses": sorted(ContactAddress.objects.values_list("value", "contact")),
        "conversations": sorted(Conversation.objects.values_list("pk", "contact", "contact_name")),
        "messages": sorted(Message.objects.values_list("pk", "contact")),
    }
    record = merge(kept, gone, by=ben)
    again = part(record)
    assert again.pk == gone.pk and again.phone == "+44 20 7946 0000"
    kept.refresh_from_db()
    assert kept.phone == ""
    assert before == {
        "addresses": sorted(ContactAddress.objects.values_list("value", "contact")),
        "conversations": sorted(Conversation.objects.values_list("pk", "contact", "contact_name")),
        "messages": sorted(Message.objects.values_list("pk", "contact")),
    }


def test_what_was_changed_since_stays_changed(ben, pair):
    kept, gone = pair
    record = merge(kept, gone, by=ben)
    set_property(kept, "phone", "+44 111 222")
    part(record)
    kept.refresh_from_db()
    assert kept.phone == "+44 111222"  # as its country writes it


def test_after_thirty_days_or_twice_it_is_too_late(ben, pair):
    kept, gone = pair
    record = merge(kept, gone, by=ben)
    MergeRecord.objects.update(created_at=timezone.now() - timedelta(days=31))
    with pytest.raises(TooLate):
        part(record)
    MergeRecord.objects.update(created_at=timezone.now())
    part(record)
    with pytest.raises(TooLate):
        part(record)


def test_a_person_is_not_merged_with_themselves(ben, pair):
    with pytest.raises(CannotMerge):
        merge(pair[0], pair[0], by=ben)


def test_a_merge_of_the_merged_goes_along(ben, acme, pair):
    kept, gone = pair
    third = make_conversation(acme, address="j@third.example", external_id="<4@third.example>").contact
    first = merge(gone, third, by=ben)
    merge(kept, gone, by=ben)
    assert part(first).pk == third.pk
    assert third.addresses.count() == 1


@pytest.mark.django_db(databases=["default", "maintenance"], transaction=True)
def test_who_was_merged_is_forgotten_when_it_cannot_be_undone(acme, ben):
    """SB-4: the snapshot holds a person's words, and stays no longer than it is of use."""
    with acme.scope():
        for n in range(2):
            kept, gone = Contact.objects.create(name=f"Kept {n}"), Contact.objects.create(name=f"Gone {n}")
            record = merge(kept, gone, by=ben)
        MergeRecord.objects.filter(pk=record.pk).update(created_at=timezone.now() - timedelta(days=31))
        pines = [Company.objects.create(name=f"Pine {n}") for n in range(2)]
        merge_companies(*pines)
        CompanyMerge.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert forget_merges() == 2
    with acme.scope():
        assert MergeRecord.objects.exclude(pk=record.pk).count() == MergeRecord.objects.count() == 1
