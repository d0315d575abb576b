"""Addresses that the installation gives out: the fallback of every inbox, and those for forwarding."""

import pytest
from django.core import mail as outbox
from django.utils import timezone

from channels_app.email.listener import target_of
from inboxes.actions import create_inbox, pause_channel
from inboxes.addresses import (
    AddressTaken,
    ChangedBefore,
    FallbackStays,
    NotAnAddress,
    change_fallback,
    fallback_of,
    forwarding_state,
    give_fallback,
    give_forwarding_address,
    rename_fallback,
    verify_forwarding,
)
from inboxes.models import Channel, PublicAddress
from tests.channels_app.mails import bring, mail
from workspaces.refusals import NameTaken


def test_an_inbox_owns_an_address_from_birth(in_acme, settings):
    """FB-1, FB-4: once, however often it is asked for."""
    inbox = create_inbox(name="Ventes & Cie")
    channel = fallback_of(inbox)
    assert channel.identifier.startswith("ventes-cie-")
    assert channel.identifier.endswith(f"@{settings.MAIL_DOMAIN}")
    assert give_fallback(inbox).pk == channel.pk


def test_it_can_be_neither_paused_nor_listed_away(acme, ada, client_of):
    """FB-2: it stands with the channels of the inbox."""
    with acme.scope():
        channel = fallback_of(acme.inbox)
        with pytest.raises(FallbackStays):
            pause_channel(channel)
    client = client_of(ada)
    client.post(f"/w/acme/settings/channels/{channel.pk}/activity/", {"active": "no"})
    assert (
        channel.identifier
        in client.get(f"/w/acme/settings/inboxes/{acme.inbox.pk}/channels/").content.decode()
    )
    with acme.scope():
        assert Channel.objects.get(pk=channel.pk).is_active()


def test_from_names_are_unique_among_fallback_addresses(in_acme):
    """FB-3."""
    other = fallback_of(create_inbox(name="Sales"))
    with pytest.raises(NameTaken):
        change_fallback(other, from_name="SUPPORT", from_style="company", sends=True)
    assert change_fallback(other, from_name="Acme Sales", from_style="company", sends=True).config["sends"]


def test_the_local_part_changes_once_and_the_old_address_goes_on(acme, settings):
    """FB-4."""
    with acme.scope():
        channel, other = fallback_of(acme.inbox), fallback_of(create_inbox(name="Sales"))
        before = channel.identifier
        for bad in ("a", "reply+x", "a..b", "a b", "ä"):
            with pytest.raises(NotAnAddress):
                rename_fallback(channel, local_part=bad)
        renamed = rename_fallback(channel, local_part="Hello")
        assert renamed.identifier == f"hello@{settings.MAIL_DOMAIN}"
        with pytest.raises(ChangedBefore):
            rename_fallback(renamed, local_part="again")
        with pytest.raises(AddressTaken):
            rename_fallback(other, local_part="hello")
    assert target_of(before).channel_id == target_of(renamed.identifier).channel_id == channel.pk


@pytest.mark.django_db(transaction=True)
def test_forwarding_is_verified_when_the_token_comes_home(acme):
    """EM-3: waiting, verified, and broken when a later test does not come back."""
    with acme.scope():
        address = give_forwarding_address(acme.email)
        assert give_forwarding_address(acme.email) == address
        assert forwarding_state(acme.email) == ""
        channel = verify_forwarding(acme.email)
        assert forwarding_state(channel) == "waiting"
    [test] = outbox.outbox
    assert test.to == ["support@acme.example"]
    assert bring(acme, mail(subject="[parley-forwarding-" + "a" * 26 + "]")) is not None, "a guess is a mail"
    assert bring(acme, mail(subject=test.subject, sender="Parley <parley@localhost>"), to=[address]) is None
    with acme.scope():
        channel = Channel.objects.get(pk=acme.email.pk)
        assert forwarding_state(channel) == "verified"
        later = timezone.now().replace(year=2020).isoformat()
        channel.config["forwarding"] |= {"came_at": later, "sent_at": later.replace("2020", "2021")}
        assert forwarding_state(channel) == "broken"


@pytest.mark.django_db(transaction=True)
def test_a_providers_question_before_forwarding_is_shown_at_once(acme):
    """EM-3: the code that Google sends can be read."""
    from channels_app.email import filters
    from channels_app.email.incoming_known import Known
    from inboxes.filters import rules_for, set_switches

    with acme.scope():
        set_switches(role_senders=True)
        verify_forwarding(acme.email)
        acme.email.refresh_from_db()
        parsed = filters.ParsedMail(
            from_email="forwarding-noreply@google.com", is_auto=True, auto_reason="no_reply"
        )
        sender = parsed.from_email
        known = Known(ours=set(), rules=rules_for(sender))
        judged = filters.verdict(parsed, sender, channel=acme.email, known=known, answers=False)
        assert judged.place == ""


def test_the_directory_tells_whose_an_address_is(acme, globex):
    assert target_of("SUPPORT@acme.example").workspace_id == acme.workspace.pk
    assert PublicAddress.objects.filter(kind="mail").count() == 2
