"""Allow and deny lists, and what is set aside by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Contact
from conversations.filter_preview import preview
from inboxes.filters import Facts, NotASender, Rules, Verdict, judge, list_senders, read_entry
from inboxes.models import Inbox, MailFilters, SenderRule
from tests.factories import make_conversation

JAMES = "james@mail.pine.example"


def lists(**entries: str) -> Rules:
    names = {"address": JAMES, "domain": "mail.pine.example", "above": "pine.example"}
    return Rules(entries={names[key]: frozenset(value.split()) for key, value in entries.items()})


# SP-3, SP-4, SP-5: what is known, the rules, and what follows.
TABLE = [
    ("nothing is known", {}, Rules(), ""),
    ("denied by address", {}, lists(address="deny"), "deny_list"),
    ("deny beats allow on one entry", {}, lists(address="deny allow"), "deny_list"),
    ("an allowed address beats its denied domain", {}, lists(address="allow", domain="deny"), ""),
    ("a denied address beats its allowed domain", {}, lists(address="deny", domain="allow"), "deny_list"),
    ("denied by domain", {}, lists(domain="deny"), "deny_list"),
    ("denied by the domain above", {}, lists(above="deny"), "deny_list"),
    ("the nearer domain wins", {}, lists(domain="allow", above="deny"), ""),
    ("a denied contact", {"is_contact": True}, lists(domain="deny"), "deny_list"),
    ("an allowed newsletter", {"auto_reason": "list"}, lists(domain="allow"), ""),
    ("our own address", {"is_ours": True}, Rules(), "own_address"),
    ("our own address, a contact too", {"is_ours": True, "is_contact": True}, Rules(), "own_address"),
    ("an automatic reply", {"auto_reason": "out_of_office"}, Rules(), "auto_reply"),
    ("of a contact", {"auto_reason": "out_of_office", "is_contact": True}, Rules(), "auto_reply"),
    ("switched off", {"auto_reason": "out_of_office"}, Rules(auto_replies=False), ""),
    ("a bounce", {"is_bounce": True, "auto_reason": "bounce"}, Rules(), "bounce"),
    ("a newsletter", {"auto_reason": "list"}, Rules(), "marketing"),
    ("of a contact", {"auto_reason": "list", "is_contact": True}, Rules(), ""),
    ("switched off", {"auto_reason": "bulk"}, Rules(marketing=False), ""),
    ("a link to unsubscribe", {"has_unsubscribe": True}, Rules(), "unsubscribe_link"),
    ("of a contact", {"has_unsubscribe": True, "is_contact": True}, Rules(), ""),
    ("switched off", {"has_unsubscribe": True}, Rules(unsubscribe_links=False), ""),
    ("a role is a customer of many", {"sender": "info@pine.example"}, Rules(), ""),
    ("unless switched on", {"sender": "info@pine.example"}, Rules(role_senders=True), "role_sender"),
    ("no-reply@ writes for shops", {"auto_reason": "no_reply"}, Rules(), ""),
    ("unless switched on", {"auto_reason": "no_reply"}, Rules(role_senders=True), "role_sender"),
]
SPAM = {"deny_list", "own_address"}


@pytest.mark.parametrize(("story", "facts", "rules", "reason"), TABLE)
def test_precedence(story, facts, rules, reason):
    place = "" if not reason else "spam" if reason in SPAM else "filtered"
    assert judge(Facts(**{"sender": JAMES} | facts), rules) == Verdict(place, reason)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (" Rosa@Example.COM ", "rosa@example.com"),
        ("<rosa@example.com>", "rosa@example.com"),
        ("@example.com", "example.com"),
        ("Bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_an_entry_is_an_address_or_a_domain(raw, value):
    assert read_entry(raw) == value


@pytest.mark.parametrize(
    "raw", ["", "rosa", "rosa@", "exa mple.com", "a@b@c.example", "*.example.com", "-x.com"]
)
def test_nothing_else_is_an_entry(raw):
    with pytest.raises(NotASender):
        read_entry(raw)


def test_a_sender_stands_on_one_list(in_acme, ada):
    list_senders("deny", ["a@x.example", "a@x.example"], by=ada)
    assert list_senders("allow", ["a@x.example"], by=ada) == 1
    assert list(SenderRule.objects.values_list("list", "value")) == [("allow", "a@x.example")]


def test_the_page_adds_removes_and_switches(acme, ada, ben, client_of):
    """SP-2, SP-5: for who may manage the lists."""
    client, base = client_of(ada), "/w/acme/settings/filters/"
    assert client_of(ben).get(base).status_code == 404
    client.post(f"{base}senders/", {"list": "deny", "senders": "evil.example\nMallory@x.example"})
    assert "mallory@x.example" in client.get(base).content.decode()
    bad = client.post(f"{base}senders/", {"list": "deny", "senders": "not an address"})
    assert bad.status_code == 422
    client.post(f"{base}switches/", {"marketing": "on"})
    with acme.scope():
        switches = MailFilters.objects.get()
        assert (switches.marketing, switches.auto_replies) == (True, False)
        rule = SenderRule.objects.get(value="evil.example")
    client.post(f"{base}senders/{rule.pk}/")
    with acme.scope():
        assert list(SenderRule.objects.values_list("value", flat=True)) == ["mallory@x.example"]


# ── What they would have caught (SP-5) ──


def came(house, address: str, **mail) -> None:
    from_whom = {"from": {"name": "", "address": address}} | mail
    make_conversation(house, address=address, subject=f"From {address}", extra={"mail": from_whom})


def test_each_switch_tells_what_it_would_have_caught(acme, ada, client_of, django_assert_max_num_queries):
    """By what was noted of each mail; somebody known before is never filtered."""
    with acme.scope():
        came(acme, "robot@x.example", auto="auto-submitted")
        came(acme, "news@shop.example", auto="list")
        came(acme, "offer@shop.example", unsubscribe=True)
        came(acme, "sales@pine.example")
        came(acme, "james@pine.example")
        found = {one.name: one.count for one in preview(ada).catches}
        assert found == {"auto_replies": 1, "marketing": 1, "unsubscribe_links": 1, "role_senders": 1}
        Contact.objects.update(created_at=timezone.now() - timedelta(days=90))
        known = {one.name: one.count for one in preview(ada).catches}
        assert known == {"auto_replies": 1, "marketing": 0, "unsubscribe_links": 0, "role_senders": 0}
        with django_assert_max_num_queries(2):
            preview(ada)
    page = client_of(ada).get("/w/acme/settings/filters/preview/", {"entry": "shop.example"}).content.decode()
    assert "From news@shop.example" in page and "From offer@shop.example" in page
    assert "james@pine.example" not in page
    bad = client_of(ada).get("/w/acme/settings/filters/preview/", {"entry": "not an address"})
    assert bad.status_code == 422


def test_examples_are_of_what_one_may_see(acme, ben):
    """Counts are of all; a subject is shown to who may read it."""
    with acme.scope():
        came(acme, "sales@pine.example")
        Inbox.objects.update(open_to_everyone=False)
        [catch] = [one for one in preview(ben).catches if one.name == "role_senders"]
    assert (catch.count, catch.examples) == (1, [])
