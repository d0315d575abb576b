"""The matrix: every address x every role x another workspace's objects (SECURITY 5.2; T001, T002, T020).

An address that this page does not know fails, so that a new one is here the day it is born.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from automation.models import DryRun, Rule, RuleRun
from channels_app.models import InboundPayload
from chatflows.actions import default_flow
from chatflows.models import Article, IdentitySecret
from config.access import access_of
from contacts.merge import merge
from contacts.models import Contact, MergeRecord, PropertyDefinition
from conversations.actions import comment, send_reply
from conversations.models import (
    Attachment,
    BulkJob,
    Conversation,
    Label,
    Macro,
    Message,
    SavedView,
    ScheduledReply,
    Snippet,
)
from inboxes.actions import connect_channel
from inboxes.models import Absence, Channel, Inbox, SenderRule
from notifications.models import Device, Notification
from records.models import Export
from tests.factories import House, make_conversation, make_member
from workspaces.access import Access
from workspaces.models import ApiToken, Invitation, Member, OwnRole, Team, hash_token
from workspaces.permissions import Role

VIEW = {"any": [{"all": [{"field": "status", "op": "is", "value": ["open"]}]}]}
# What no view takes (PUT, PATCH) is refused alike; DELETE stands for it.
METHODS = ("get", "post", "delete")


def patterns(resolver=None, prefix="", namespace="") -> Iterator[tuple[str, str, URLPattern]]:
    """(name with namespace, path, pattern) of every address."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, path, inner)
        else:
            yield f"{namespace}{entry.name}", path, entry


ALL = list(patterns())
MEMBER = [
    (name, entry)
    for name, _path, entry in ALL
    if getattr(entry.callback, "access", Access("")).who == "member"
]


class _Match:
    def __init__(self, name: str):
        self.view_name = name


def test_every_address_declares_who_may_enter():
    """SECURITY root cause 10."""
    undeclared = [path for name, path, entry in ALL if access_of(entry.callback, _Match(name)) is None]
    assert not undeclared, f"No access declared for: {undeclared}"


def test_every_address_of_a_workspace_is_for_its_members():
    strangers = [path for name, path, entry in ALL if "workspace>" in path and (name, entry) not in MEMBER]
    assert not strangers, f"Under /w/<workspace>/ but not for members: {strangers}"


# ── Objects ──


def objects(house: House) -> dict[str, object]:
    """One of each thing an address may name."""
    member = Member.objects.filter(workspace=house.workspace).order_by("pk").first()
    with house.scope():
        conversation = Conversation.objects.first() or make_conversation(house)
        if not conversation.messages.filter(direction="out").exists():
            send_reply(conversation, body="Hello", by=member)
        team, _new = Team.objects.get_or_create(name="Desk")
        invitation, _new = Invitation.objects.get_or_create(
            email="new@x.example",
            defaults={
                "token_hash": hash_token(f"{house.workspace.pk}.x"),
                "expires_at": conversation.created_at.replace(year=2099),
            },
        )
        message = Message.objects.filter(direction="out").first()
        file, _new = Attachment.objects.get_or_create(
            message=message, defaults={"name": "CANARY.pdf", "content_type": "application/pdf", "size": 1}
        )
        held, _new = ScheduledReply.objects.get_or_create(
            conversation=conversation,
            member=member,
            defaults={"body": "CANARY", "send_at": conversation.created_at},
        )
        parked, _new = InboundPayload.objects.get_or_create(
            channel=Channel.objects.filter(kind="email").first(),
            external_id="CANARY",
            defaults={"body": b"CANARY", "parked_at": conversation.created_at},
        )
        sender, _new = SenderRule.objects.get_or_create(list="deny", value="canary.example")
        notification, _new = Notification.objects.get_or_create(
            member=member, key="CANARY", defaults={"topic": "message", "conversation": conversation}
        )
        device, _new = Device.objects.get_or_create(
            member=member, endpoint="https://push.example/CANARY", defaults={"session_key": "CANARY"}
        )
        own_role, _new = OwnRole.objects.get_or_create(name="CANARY", defaults={"base": Role.AGENT})
        api_token, _new = ApiToken.objects.get_or_create(
            name="CANARY", defaults={"member": member, "token_hash": hash_token(f"{house.workspace.pk}.t")}
        )
        saved, _new = SavedView.objects.get_or_create(
            name="CANARY", defaults={"maker": member, "sharing": "everyone", "conditions": VIEW}
        )
        job, _new = BulkJob.objects.get_or_create(member=member, verb="close")
        rule, _new = Rule.objects.get_or_create(name="CANARY", trigger="closed", deeds=[{"do": "close"}])
        rule_run, _new = RuleRun.objects.get_or_create(
            rule=rule,
            conversation=conversation,
            event_id=1,
            defaults={"rule_name": "CANARY", "version": 1, "trigger": "closed", "outcome": "failed"},
        )
        dry_run, _new = DryRun.objects.get_or_create(
            member=member, trigger="closed", defaults={"told": {"days": {}, "first": []}}
        )
        contact = conversation.contact
        address = contact.addresses.first()
        other, _new = Contact.objects.get_or_create(name="CANARY Other")
        record = MergeRecord.objects.filter(undone_at=None).first() or merge(
            contact, Contact.objects.create(name="CANARY Third"), by=None
        )
        return {
            "file": file.storage_key,
            "held": held.pk,
            "saved_view": saved.pk,
            "definition": PropertyDefinition.objects.get_or_create(
                about="contact", label="CANARY", sort="text"
            )[0].pk,
            "rule": rule.pk,
            "rule_run": rule_run.pk,
            "dry_run": dry_run.pk,
            "export": Export.objects.get_or_create(member=member)[0].pk,
            "label": Label.objects.get_or_create(name="CANARY")[0].pk,
            "chatflow": default_flow(Channel.objects.filter(kind="chat").first()).pk,
            "identity_secret": IdentitySecret.objects.get_or_create(
                channel=Channel.objects.filter(kind="chat").first(), defaults={"sealed": "CANARY"}
            )[0].pk,
            "article": Article.objects.get_or_create(title="CANARY", slug="canary")[0].pk,
            "bulk_job": job.pk,
            "conversation": conversation.pk,
            "message": message.pk,
            "comment": comment(conversation, body="CANARY", by=member).pk,
            "own_role": own_role.pk,
            "api_token": api_token.pk,
            "team": team.pk,
            "contact": contact.pk,
            "other_contact": other.pk,
            "address": address.pk,
            "merge": record.pk,
            "member": member.pk,
            "invitation": invitation.pk,
            "inbox": Inbox.objects.order_by("pk").first().pk,
            "channel": Channel.objects.filter(kind="chat").first().pk,
            "parked": parked.pk,
            "sender": sender.pk,
            "absence": Absence.objects.get_or_create(
                member=member,
                defaults={"first_day": date(2099, 1, 1), "last_day": date(2099, 1, 2), "time_zone": "UTC"},
            )[0].pk,
            "notification": notification.pk,
            "snippet": Snippet.objects.create(name="Thanks", body="Thank you").pk,
            "macro": Macro.objects.create(name="Done", deeds=[{"do": "priority", "value": "low"}]).pk,
            "device": device.pk,
            "mail": Channel.objects.filter(kind="email").first().pk,
            "api": Channel.objects.filter(kind="api").first().pk
            if Channel.objects.filter(kind="api").exists()
            else connect_channel(house.inbox, kind="api", name="CANARY", config={}).pk,
            "form": Channel.objects.filter(kind="form").first().pk,
            "messenger": Channel.objects.filter(kind="messenger").first().pk,
        }


# What each argument of an address names. `view` is a word, not an object.
WORDS = {
    "language": "en",
    "slug": "canary",
    "number": "1",
    "step_id": "hello",
    "provider": "google",
    "view": "open",
    "name": "name",
    "what": "more",
}
NAMED: dict[str, dict[str, str]] = {
    "chatflows:install": {"channel_pk": "channel"},
    "chatflows:install_check": {"channel_pk": "channel"},
    "chatflows:identity_secrets": {"channel_pk": "channel"},
    "chatflows:identity_secret": {"channel_pk": "channel", "secret_pk": "identity_secret"},
    "chatflows:article": {"article_pk": "article"},
    "chatflows:article_removal": {"article_pk": "article"},
    "chatflows": {"flow_pk": "chatflow"},
    "automation": {
        "pk": "conversation",
        "rule_pk": "rule",
        "run_pk": "rule_run",
        "dry_pk": "dry_run",
    },
    "conversations": {
        "pk": "conversation",
        "message_pk": "message",
        "held_pk": "held",
        "key": "file",
        "comment_pk": "comment",
        "snippet_pk": "snippet",
        "macro_pk": "macro",
        "view_pk": "saved_view",
        "label_pk": "label",
        "job_pk": "bulk_job",
        "channel_pk": "channel",
    },
    "channels:letter": {"pk": "conversation", "message_pk": "message"},
    "channels:source": {"pk": "conversation", "message_pk": "message"},
    "channels:download": {"pk": "conversation", "message_pk": "message"},
    "channels:show_pictures": {"pk": "conversation", "message_pk": "message"},
    "channels:accept": {"pk": "conversation", "message_pk": "message"},
    "contacts": {
        "pk": "contact",
        "other": "other_contact",
        "address_pk": "address",
        "merge_pk": "merge",
        "definition_pk": "definition",
    },
    "channels:choose": {"pk": "inbox"},
    "channels:connect_form": {"pk": "inbox"},
    "channels:connect_api": {"pk": "inbox"},
    "channels:api": {"pk": "api"},
    "channels:api_secret": {"pk": "api"},
    **{
        f"channels:form{part}": {"pk": "form"}
        for part in (
            "",
            "_texts",
            "_add",
            "_field",
            "_place",
            "_remove",
            "_publish",
            "_draft",
            "_preview",
            "_settings",
        )
    },
    "channels:messenger": {"pk": "inbox"},
    "channels:messenger_consent": {"pk": "inbox"},
    "channels:messenger_pages": {"pk": "inbox"},
    "channels:messenger_page": {"pk": "messenger"},
    "channels:messenger_renewal": {"pk": "messenger"},
    "channels:imap": {"pk": "inbox"},
    "channels:forwarding": {"pk": "inbox"},
    "channels:consent": {"pk": "inbox"},
    "channels:mailbox": {"pk": "mail"},
    "channels:local_part": {"pk": "mail"},
    "channels:reconnect": {"pk": "mail"},
    "channels:verification": {"pk": "mail"},
    "channels:disconnection": {"pk": "mail"},
    "channels:disconnect": {"pk": "channel"},
    "channels:reconnection": {"pk": "channel"},
    "channels:parked_source": {"pk": "parked"},
    "channels:parked_retry": {"pk": "parked"},
    "notifications:go": {"pk": "notification"},
    "notifications:mute": {"pk": "conversation"},
    "notifications:mute_choice": {"pk": "conversation"},
    "notifications:conversation_read": {"pk": "conversation"},
    "notifications:remove_device": {"pk": "device"},
    "inboxes:remove_sender": {"pk": "sender"},
    "records": {"pk": "contact", "export_pk": "export"},
    "inboxes:person": {"pk": "member"},
    "inboxes:member_hours": {"pk": "member"},
    "inboxes:no_member_hours": {"pk": "member"},
    "inboxes:absences": {"pk": "member"},
    "inboxes:no_absence": {"pk": "member", "absence_pk": "absence"},
    "inboxes:opening": {"pk": "channel"},
    "inboxes:channel_hours": {"pk": "channel"},
    "inboxes:own_hours": {"pk": "channel"},
    "inboxes:inbox": {"pk": "inbox"},
    "inboxes:access": {"pk": "inbox"},
    "inboxes:connect": {"pk": "inbox"},
    "inboxes:delete": {"pk": "inbox"},
    "inboxes:move_channel": {"pk": "channel"},
    "inboxes:mail_snippet": {"pk": "channel"},
    "inboxes:setup_test": {"pk": "channel"},
    "inboxes:setup_channel": {"pk": "channel"},
    "inboxes:setup_snippet": {"pk": "channel"},
    "inboxes:channel": {"pk": "channel"},
    "inboxes:activity": {"pk": "channel"},
    "inboxes:routing": {"pk": "channel"},
    "inboxes:routing_now": {"pk": "channel"},
    "inboxes:taker": {"pk": "member"},
    "workspaces:resend": {"pk": "invitation"},
    "workspaces:withdraw": {"pk": "invitation"},
    "workspaces:member_role": {"pk": "member"},
    "workspaces:remove_member": {"pk": "member"},
    "workspaces:restore_member": {"pk": "member"},
    "workspaces:rename_role": {"pk": "own_role"},
    "workspaces:remove_role": {"pk": "own_role"},
    "workspaces:revoke_token": {"pk": "api_token"},
    "workspaces:team_group": {"pk": "team"},
    "workspaces:delete_team": {"pk": "team"},
    "workspaces:add_place": {"pk": "team"},
    "workspaces:remove_place": {"pk": "team", "member": "member"},
    "workspaces:main_team": {"pk": "team", "member": "member"},
}


def arguments(entry: URLPattern) -> list[str]:
    return [name for name in re.findall(r"<(?:\w+:)?(\w+)>", str(entry.pattern)) if name != "workspace"]


def address(name: str, entry: URLPattern, slug: str, choose: Callable[[str], object]) -> str:
    """The address with each argument chosen by what it names; an unknown argument is a failing test."""
    given = {"workspace": slug}
    for argument in arguments(entry):
        if argument in WORDS:
            given[argument] = WORDS[argument]
            continue
        named = NAMED.get(name) or NAMED.get(name.split(":")[0], {})
        assert argument in named, f"Tell tests/house/test_urls.py what <{argument}> of {name} names."
        given[argument] = choose(named[argument])
    return reverse(name, kwargs=given)


def answer(client: Client, method: str, url: str):
    return getattr(client, method)(url, **({"data": {}} if method == "post" else {}))


@contextmanager
def undone() -> Iterator[None]:
    """What is done in here is taken back: one house serves every question about an address."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


ROOMS = sorted({name.split(":")[0] for name, _entry in MEMBER})


@pytest.mark.parametrize("room", ROOMS)
def test_every_address_is_closed_to_whom_it_does_not_serve(room, acme, globex, ada, cleo, client, client_of):
    """One house for all addresses of a room: making it costs more than asking."""
    mine, theirs = objects(acme), objects(globex)
    stranger, own = client_of(cleo), client_of(ada)
    members = [make_member(acme.workspace, f"{role}@acme.example", "Xenia", role) for role in Role.values]
    roles = [(member, client_of(member)) for member in members]
    wrong = {}
    for name, entry in MEMBER:
        if name.split(":")[0] != room:
            continue
        try:
            with undone():
                url = address(name, entry, "acme", mine.__getitem__)
                a_stranger_finds_nothing(stranger, url)
                another_workspaces_objects_do_not_exist(own, name, entry, mine, theirs)
                signed_out_is_asked_to_sign_in(client, url)
                every_role_finds_what_it_may(roles, url, entry)
        except AssertionError as error:
            wrong[name] = str(error).split("\n")[0]
    assert not wrong


def every_role_finds_what_it_may(roles, url, entry):
    """Every role that may not, and the first of those that may: what it does is the same for all of them."""
    needed = entry.callback.access.permission
    may = [not needed or member.may(needed) for member, _client in roles]
    for place, (member, client) in enumerate(roles):
        if not may[place] or place == may.index(True):
            with undone():
                a_role_without_the_permission_finds_nothing(client, url, member, entry)


def a_stranger_finds_nothing(client, url):
    """T001: Cleo of Globex asks under Acme's name, for Acme's objects."""
    for method in METHODS:
        with undone():
            got = answer(client, method, url).status_code
        assert got in (404, 405), f"{method} gave {got}"


def another_workspaces_objects_do_not_exist(client, name, entry, mine, theirs):
    """T001, T002: Ada of Acme asks under her own name for Globex's objects, one argument at a time."""
    for foreign in [argument for argument in arguments(entry) if argument not in WORDS]:
        kinds = NAMED.get(name) or NAMED[name.split(":")[0]]

        def choose(kind, bad=kinds[foreign]):
            return theirs[kind] if kind == bad else mine[kind]

        url = address(name, entry, "acme", choose)
        for method in ("get", "post"):
            with undone():
                got = answer(client, method, url)
            assert got.status_code in (404, 405), f"{method} {url} gave {got.status_code}"
            assert b"CANARY" not in got.content


def signed_out_is_asked_to_sign_in(client, url):
    got = client.get(url)
    assert got.status_code == 405 or got.url.startswith("/account/login/")
    assert client.post(url).status_code in (401, 405)


def a_role_without_the_permission_finds_nothing(client, url, member, entry):
    """T020: straight at the address, without the page."""
    needed = entry.callback.access.permission
    got = answer(client, "post", url).status_code
    if needed and not member.may(needed):
        assert got in (404, 405), f"{member.role} got {got}"
    else:
        assert got < 500, f"{member.role} got {got}"
