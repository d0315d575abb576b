"""The pages of mailboxes are for everybody: axe in both themes and languages, wide and narrow."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from channels_app.models import InboundPayload, Mailbox
from inboxes.addresses import give_forwarding_address, verify_forwarding
from inboxes.models import Channel
from tests.e2e.test_accessibility import PHONE, RULES, WIDE, WIDTH, in_both_themes, problems

pytestmark = pytest.mark.browser


@pytest.fixture
def addresses(acme) -> dict[str, str]:
    """A mailbox that nobody lets us into, an address that is forwarded, the inbox's own; and every page of them."""
    now = timezone.now()
    with acme.scope():
        Mailbox.objects.create(
            channel=acme.email,
            username="support@acme.example",
            imap_host="imap.acme.example",
            succeeded_at=now,
            failures=6,
            last_error="login",
            last_error_at=now,
            gap=2,
            gap_checked_at=now,
        )
        Channel.objects.filter(pk=acme.email.pk).update(needs_attention_since=now)
        InboundPayload.objects.create(channel=acme.email, source="imap", external_id="1:1", body=b"")
        forwarded = Channel.objects.create(
            inbox=acme.inbox, kind="email", name="Desk", identifier="desk@acme.example"
        )
        give_forwarding_address(forwarded)
        verify_forwarding(forwarded)
        own = Channel.objects.get(kind="email", config__fallback=True)
    inbox = f"/w/acme/settings/inboxes/{acme.inbox.pk}/"
    return {
        "inbox": inbox,
        "choose": f"{inbox}mail/",
        "imap": f"{inbox}mail/imap/?address=team@icloud.com",
        "forwarding": f"{inbox}mail/forwarding/",
        "mailbox": f"/w/acme/settings/mail/{acme.email.pk}/",
        "forwarded": f"/w/acme/settings/mail/{forwarded.pk}/",
        "own": f"/w/acme/settings/mail/{own.pk}/",
        "chat": f"/w/acme/settings/channels/{acme.chat.pk}/",
        "channels": "/w/acme/settings/channels/",
        "access": f"{inbox}access/",
        "unread": "/w/acme/settings/unread/",
        "compose": "/w/acme/compose/",
        "reconnect": f"/w/acme/settings/mail/{acme.email.pk}/password/",
    }


def test_axe_finds_nothing(ada, addresses, live, french, sit_down):
    """Wide and on a phone, in both themes; English is read by the other tests."""
    page = sit_down(ada, language="fr", reduced_motion="reduce").page
    found = {}
    for name, path in addresses.items():
        page.set_viewport_size(WIDE)
        page.goto(live + path)
        found[name] = in_both_themes(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        page.set_viewport_size(PHONE)
        found[name] += problems(page, WIDTH if name != "mailbox" else RULES)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
    assert {name: each for name, each in found.items() if each} == {}


def test_a_wrong_password_by_hand(ada, addresses, live, sit_down, settings):
    """What was typed stays but for the password, and the first mistake has the focus."""
    page = sit_down(ada).page
    page.goto(live + addresses["choose"])
    page.get_by_label("Address of your team").fill("team@acme.example")
    page.get_by_label("Yes, several people").check()
    page.get_by_label("With the password").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Password", exact=True).fill("hush")
    page.get_by_label("Server for reading").fill("127.0.0.1")
    page.get_by_role("button", name="Test and connect").click()
    expect(page.get_by_text("This server cannot be used here")).to_be_visible()
    expect(page.get_by_label("Server for reading")).to_be_focused()
    expect(page.get_by_label("Address", exact=True)).to_have_value("team@acme.example")
    expect(page.get_by_label("Password", exact=True)).to_have_value("")
