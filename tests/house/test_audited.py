"""Every address under settings/ that changes something leaves a line in the audit log, or says here why it does not.

An address that this page does not know fails, so that a new verb is noted the day it is born. What is posted is what
the page's own form holds, with the fields below typed over it, as a person does it.
"""

from datetime import timedelta
from html.parser import HTMLParser

from django.http import QueryDict
from django.urls import resolve, reverse
from django.utils import timezone

from automation.models import Rule
from channels_app.email.mailbox import connect
from channels_app.email.mailbox.account import Account, Server
from channels_app.email.mailbox.folder import State
from conversations.models import Label
from inboxes.actions import connect_channel, create_inbox
from inboxes.addresses import fallback_of
from inboxes.channel_actions import disconnect_channel
from inboxes.models import Channel
from inboxes.timetables import save_hours, usual
from records.models import Export
from tests.factories import House, make_member
from tests.house.test_urls import MEMBER, address, objects, undone
from tickets.models import Stage
from tickets.settings import create_pipeline
from workspaces import actions
from workspaces.models import Invitation, Member, Team
from workspaces.models.audit import AuditEntry

# One's own, or nothing that is set: nobody else need answer for it.
NOT_NOTED = {
    "workspaces:shortcuts": "one's own",
    "notifications:preferences": "one's own",
    "notifications:clear": "one's own",
    "notifications:add_device": "one's own",
    "notifications:remove_device": "one's own",
    "automation:retry": "stands in the list of runs",
    "channels:parked_retry": "reads a mail again",
    "channels:verification": "sends a test",
    # A form's draft changes with every press; what people see is noted when it is published.
    "channels:form_add": "in the draft",
    "channels:form_draft": "in the draft",
    "channels:form_field": "in the draft",
    "channels:form_place": "in the draft",
    "channels:form_remove": "in the draft",
    "channels:form_texts": "in the draft",
    "chatflows:install_check": "looks at a site",
    "chatflows:article_place": "chatflows/test_articles",  # there must be two
    "chatflows:plain_chat": "chatflows/test_pages",  # nothing is set when it is a row already
    "conversations:snippet_used": "counts a use",
    # These ask a server of mail first; their verbs are asked below.
    "channels:imap": "connect_mailbox",
    "channels:reconnect": "connect_again",
    # These ask Meta first.
    "channels:messenger": "channels_app/messenger/test_connecting",
    "channels:messenger_pages": "channels_app/messenger/test_connecting",
    "channels:messenger_renewal": "channels_app/messenger/test_connecting",
    # These ask for the password first.
    "workspaces:security": "workspaces/test_security_page",
    "workspaces:tokens": "workspaces/test_tokens",
    "sso:settings": "sso/test_settings",
}
CLOSE = {"deed-0-do": "close", "deed-0-was": "close"}
# What is typed over the page's own form; a name in braces is one of `things`.
TYPED: dict[str, dict[str, str]] = {
    "automation:place": {"to": "down"},
    "automation:rule": {"name": "Renamed"},
    "automation:rule_new": {"name": "New", "trigger": "closed", **CLOSE},
    "automation:switch": {"on": "1"},
    "channels:forwarding": {"address": "team@acme.example"},
    "channels:local_part": {"local_part": "chosen-once"},
    "channels:mailbox": {"name": "Renamed"},
    "chatflows:article": {"title": "Renamed"},
    "chatflows:survey": {"question": "Was it good?"},
    "chatflows:new_article": {"title": "Returning", "language": "en"},
    "contacts:archive_definition": {"archived": "1"},
    "contacts:define": {"label": "Plan", "about": "contact", "sort": "text", "position": "1"},
    "contacts:definition": {"label": "Renamed"},
    "conversations:label_archive": {"archived": "1"},
    "conversations:label_merge": {"into": "{second_label}"},
    "conversations:label_new": {"name": "New", "colour": "d1"},
    "conversations:label_page": {"name": "Renamed"},
    "conversations:macro": {"name": "Renamed"},
    "conversations:macro_new": {"name": "New", **CLOSE},
    "conversations:snippet": {"name": "Renamed"},
    "conversations:snippet_new": {"name": "New", "body": "Hello", "shared": "on"},
    "inboxes:absences": {"first_day": "2099-03-01", "last_day": "2099-03-02"},
    "inboxes:access": {"who": "named", "members": "{member}"},
    "inboxes:add_senders": {"list": "deny", "senders": "spam.example"},
    "inboxes:away_rules": {"minutes": "30"},
    "inboxes:channel": {"name": "Renamed"},
    "inboxes:channel_hours": {"time_zone": "Europe/Paris"},
    "inboxes:hours": {"time_zone": "Europe/Paris"},
    "inboxes:member_hours": {"time_zone": "Europe/Paris"},
    "inboxes:create": {"name": "New"},
    "inboxes:delete": {"name": "Empty", "to": "{inbox}"},
    "inboxes:inbox": {"name": "Renamed"},
    "inboxes:move_channel": {"to": "{empty_inbox}", "taking": "stay"},
    "inboxes:own_hours": {"own": "no"},
    "inboxes:person": {"availability": "away"},
    "records:retention": {"spam_days": "30", "trash_days": "30"},
    "tickets:pipeline": {"name": "Renamed"},
    "tickets:pipeline_archive": {"archived": "1"},
    "tickets:pipeline_new": {"name": "New"},
    "tickets:preset": {"category": "Lamps"},
    "tickets:service_levels": {"on": "on", "first": "30", "first_unit": "minutes"},
    "tickets:stage": {"name": "Renamed"},
    "tickets:stage_new": {"name": "Later"},
    "tickets:stage_place": {"to": "down"},
    "tickets:stage_removal": {"to": "{other_stage}"},
    "workspaces:add_place": {"member": "{member}"},
    "workspaces:add_role": {"own-name": "New", "own-base": "agent"},
    "workspaces:create_team": {"team-name": "New"},
    "workspaces:invite": {"email": "eve@acme.example", "role": "agent"},
    "workspaces:member_role": {"role": "manager"},
    "workspaces:rename_role": {"name-{own_role}-name": "Renamed"},
    "workspaces:team_group": {"name": "Renamed"},
}
# What an address names here and not in the matrix.
INSTEAD = {
    "channels:disconnection": {"pk": "team_mail"},
    "channels:local_part": {"pk": "fallback"},
    "channels:reconnection": {"pk": "cut_off"},
    "inboxes:delete": {"pk": "empty_inbox"},
    "inboxes:person": {"pk": "ben"},
    "tickets:pipeline_archive": {"pipeline_pk": "other_pipeline"},
    "tickets:pipeline_default": {"pipeline_pk": "other_pipeline"},
    "workspaces:add_place": {"pk": "other_team"},
    "workspaces:main_team": {"pk": "other_team", "member": "ben"},
    "workspaces:member_role": {"pk": "ben"},
    "workspaces:remove_member": {"pk": "ben"},
    "workspaces:remove_place": {"member": "ben"},
    "workspaces:restore_member": {"pk": "gone"},
}


class Forms(HTMLParser):
    """What the browser would send of each form of a page: [(action, fields)]."""

    def __init__(self, page: str):
        super().__init__()
        self.forms: list[tuple[str, QueryDict]] = []
        self._select = self._text = ""
        self._option: str | None = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "form":
            self.forms.append((told.get("action") or "", QueryDict(mutable=True)))
        if not self.forms:
            return
        fields, name = self.forms[-1][1], told.get("name") or ""
        if tag == "input" and name and told.get("type") not in ("file", "submit", "button"):
            if told.get("type") not in ("checkbox", "radio") or "checked" in told:
                fields.appendlist(name, told.get("value") or ("on" if "checked" in told else ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in told or self._select not in fields:
                (fields.appendlist if "selected" in told else fields.setdefault)(
                    self._select, told.get("value") or ""
                )
        elif tag == "textarea":
            self._text = name
            fields[name] = ""

    def handle_data(self, data):
        if self._text:
            self.forms[-1][1][self._text] += data

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._text = ""


def sent_from(client, url: str) -> QueryDict:
    """The fields of the form that stands on this address's own page; none where it has no page."""
    shown = client.get(url)
    if shown.status_code != 200 or "html" not in shown["Content-Type"]:
        return QueryDict(mutable=True)
    found = [fields for action, fields in Forms(shown.content.decode()).forms if action in ("", url)]
    return max(found, key=len, default=QueryDict(mutable=True))


def things(house: House, ada: Member) -> dict[str, object]:
    """One of each thing, as the matrix makes them, and what only these verbs need."""
    mine = objects(house)
    with house.scope():
        ben, gone = (make_member(house.workspace, f"{name}@acme.example", name) for name in ("ben", "gone"))
        actions.deactivate(gone, by=ada)
        other = actions.create_team("Other")
        actions.add_to_team(Team.objects.get(pk=mine["team"]), ben)
        actions.add_to_team(other, ben)
        Invitation.objects.update(created_at=timezone.now() - timedelta(hours=1))
        Export.objects.all().delete()
        Rule.objects.create(name="Later", trigger="closed", deeds=[{"do": "close"}], place=9)
        for channel in (None, Channel.objects.get(pk=mine["channel"])):
            save_hours(channel=channel, **usual("UTC"))
        save_hours(member=ada, **usual("UTC"))
        empty = create_inbox(name="Empty")
        stages = Stage.objects.filter(pipeline=mine["pipeline"], is_closed=False)
        return mine | {
            "other_pipeline": create_pipeline(name="Other").pk,
            "other_stage": stages.exclude(pk=mine["stage"]).first().pk,
            "ben": ben.pk,
            "gone": gone.pk,
            "other_team": other.pk,
            "empty_inbox": empty.pk,
            "second_label": Label.objects.create(name="Second").pk,
            "fallback": fallback_of(empty).pk,
            "cut_off": disconnect_channel(connect_channel(empty, kind="chat", name="Old")).pk,
            "team_mail": house.email.pk,
        }


def url_of(name: str, things: dict) -> str:
    entry, instead = dict(MEMBER)[name], INSTEAD.get(name, {})
    given = {argument: things[what] for argument, what in instead.items()}
    url = address(name, entry, "acme", things.__getitem__)
    match = resolve(url)
    return reverse(name, kwargs=match.kwargs | given)


def mistakes(name: str, client, house: House, things: dict) -> str:
    url = url_of(name, things)
    posted = sent_from(client, url)
    for field, value in TYPED.get(name, {}).items():
        posted[field.format(**things)] = value.format(**things)
    with house.scope():
        before = AuditEntry.objects.count()
    got = client.post(url, posted)
    with house.scope():
        noted = AuditEntry.objects.count() > before
    if got.status_code == 405 or noted != (name in NOT_NOTED):
        return ""
    return f"{name}: {got.status_code}, {'noted' if noted else 'nothing noted'}"


def test_every_change_of_a_setting_leaves_a_line(acme, ada, client_of):
    """T034: who, when, before and after, of everything that an admin can change."""
    client, made = client_of(ada), things(acme, ada)
    wrong = []
    names = {name for name, entry in MEMBER if "settings/" in str(entry.pattern)}
    for name in sorted(names):
        with undone():
            try:
                wrong.append(mistakes(name, client, acme, made))
            except AssertionError as error:
                wrong.append(f"{name}: {error}")
    found = "; ".join(filter(None, wrong))
    assert not found, found


def test_mailboxes_are_noted(acme, ada):
    server = Server("mail.acme.example", 993, "tls")
    account = Account("imap", "help", imap=server, smtp=server, secret={"password": "hush"}, folder="INBOX")
    with acme.scope():
        state = State(validity=1, uid_next=1)
        made = connect.connect_mailbox(
            acme.inbox, address="help@acme.example", account=account, state=state, by=ada
        )
        connect.connect_again(made, account=account, by=ada)
        connect.disconnect(made, by=ada)
        connect.connect_mailbox(acme.inbox, address="help@acme.example", account=account, state=state, by=ada)
        lines = AuditEntry.objects.filter(target_id=str(made.pk)).order_by("number")
        said = [line.action for line in lines]
    assert said == [
        "channel.connected",
        "channel.reconnected",
        "channel.disconnected",
        "channel.reconnected",
    ]
    assert "hush" not in str([(line.before, line.after) for line in lines])
