"""One of each thing an address may name, and which argument of which address names it."""

from datetime import date, timedelta

from analytics.models import Dashboard, FactsExport, Letter
from automation.models import DryRun, Rule, RuleRun
from channels_app.models import InboundPayload
from chatflows.actions import default_flow
from chatflows.models import Article, IdentitySecret
from contacts.company_merge import merge_companies
from contacts.merge import merge
from contacts.models import (
    Company,
    CompanyMerge,
    Contact,
    ContactExport,
    ContactImport,
    ContactJob,
    ContactList,
    ContactView,
    MergeRecord,
    PropertyDefinition,
)
from conversations.actions import comment, send_reply
from conversations.models import (
    Attachment,
    BulkJob,
    Conversation,
    Label,
    Macro,
    Message,
    PropertyFile,
    SavedView,
    ScheduledReply,
    Snippet,
)
from inboxes.actions import connect_channel
from inboxes.models import Absence, Channel, Inbox, SenderRule
from notifications.models import Device, Notification
from records.models import Export
from tests.factories import House, make_conversation, make_ticket
from tickets.actions import merge as merge_tickets
from tickets.models import Ticket, TicketMerge, TicketView
from workspaces.models import ApiToken, Invitation, Member, OwnRole, Team, hash_token
from workspaces.permissions import Role

VIEW = {"any": [{"all": [{"field": "status", "op": "is", "value": ["open"]}]}]}


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
                "expires_at": conversation.created_at + timedelta(days=20_000),
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
        own_file, _new = PropertyFile.objects.get_or_create(
            contact=contact,
            defaults={
                "property_key": "p1",
                "name": "CANARY.pdf",
                "content_type": "application/pdf",
                "size": 1,
            },
        )
        address = contact.addresses.first()
        other, _new = Contact.objects.get_or_create(name="CANARY Other")
        record = MergeRecord.objects.filter(undone_at=None).first() or merge(
            contact, Contact.objects.create(name="CANARY Third"), by=None
        )
        company = Company.objects.get_or_create(name="CANARY")[0]
        company_merge = CompanyMerge.objects.filter(undone_at=None).first() or merge_companies(
            company, Company.objects.create(name="CANARY Third")
        )
        ticket = Ticket.objects.filter(name="CANARY").first() or make_ticket(house, "CANARY")
        if not TicketMerge.objects.exists():
            merge_tickets(ticket, make_ticket(house, "CANARY Other"), by=None)
        # Numbers begin at one in every workspace; here no two houses have the same.
        Ticket.objects.filter(pk=ticket.pk).update(number=100_000 + ticket.pk)
        return {
            "ticket_number": 100_000 + ticket.pk,
            "pipeline": ticket.pipeline_id,
            "stage": ticket.stage_id,
            "ticket_merge": TicketMerge.objects.order_by("pk").first().pk,
            "ticket_view": TicketView.objects.get_or_create(
                name="CANARY", defaults={"maker": member, "sharing": "everyone", "conditions": VIEW}
            )[0].pk,
            "ticket_job": BulkJob.objects.get_or_create(member=member, verb="tk_prio")[0].pk,
            "file": file.storage_key,
            "own_file": own_file.storage_key,
            "held": held.pk,
            "saved_view": saved.pk,
            "definition": PropertyDefinition.objects.get_or_create(
                about="contact", label="CANARY", sort="text"
            )[0].pk,
            "rule": rule.pk,
            "rule_run": rule_run.pk,
            "dry_run": dry_run.pk,
            "dashboard": Dashboard.objects.get_or_create(name="CANARY", defaults={"maker": member})[0].pk,
            "facts_export": FactsExport.objects.get_or_create(
                member=member, state="done", defaults={"first_day": date.today(), "last_day": date.today()}
            )[0].pk,
            "letter": (
                Letter.objects.first()
                or Letter.objects.create(
                    page="chat", query="CANARY", zone="UTC", maker=member, next_at=conversation.created_at
                )
            ).pk,
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
            "company": company.pk,
            "contact_view": ContactView.objects.get_or_create(
                name="CANARY", defaults={"maker": member, "sharing": "everyone"}
            )[0].pk,
            "contact_list": ContactList.objects.get_or_create(name="CANARY", defaults={"maker": member})[
                0
            ].pk,
            "contact_import": ContactImport.objects.get_or_create(name="CANARY", defaults={"member": member})[
                0
            ].pk,
            "contact_export": ContactExport.objects.get_or_create(member=member)[0].pk,
            "contact_job": ContactJob.objects.get_or_create(member=member, verb="block")[0].pk,
            "address": address.pk,
            "merge": record.pk,
            "company_merge": company_merge.pk,
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
    "signed": "1.1:nothing",
    "report_key": "volume",
}
NAMED: dict[str, dict[str, str]] = {
    "chatflows:install": {"channel_pk": "channel"},
    "chatflows:install_check": {"channel_pk": "channel"},
    "chatflows:identity_secrets": {"channel_pk": "channel"},
    "chatflows:identity_secret": {"channel_pk": "channel", "secret_pk": "identity_secret"},
    "chatflows:article": {"article_pk": "article"},
    "chatflows:article_place": {"article_pk": "article"},
    "chatflows:ways_back": {"pk": "conversation"},
    "chatflows:plain_chat": {"channel_pk": "channel"},
    "chatflows:article_removal": {"article_pk": "article"},
    "chatflows:surveys": {"inbox_pk": "inbox"},
    "chatflows:survey": {"channel_pk": "mail"},
    "chatflows": {"flow_pk": "chatflow"},
    "analytics:bot": {"pk": "chatflow"},
    "analytics:export_file": {"pk": "facts_export"},
    **{f"analytics:letter{verb}": {"pk": "letter"} for verb in ("", "_stop", "_try", "_remove")},
    **{
        f"analytics:dashboard{verb}": {"pk": "dashboard"}
        for verb in ("", "_edit", "_panel", "_keep", "_remove")
    },
    "conversations:own_file": {"key": "own_file"},
    "conversations:own_thumb": {"key": "own_file"},
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
    "contacts:part_companies": {"company_pk": "company", "merge_pk": "company_merge"},
    "contacts": {
        "pk": "contact",
        "other": "other_contact",
        "address_pk": "address",
        "merge_pk": "merge",
        "definition_pk": "definition",
        "company_pk": "company",
        "view_pk": "contact_view",
        "job_pk": "contact_job",
        "list_pk": "contact_list",
        "import_pk": "contact_import",
        "export_pk": "contact_export",
    },
    "tickets": {
        "ticket_number": "ticket_number",
        "pk": "conversation",
        "pipeline_pk": "pipeline",
        "channel_pk": "channel",
        "inbox_pk": "inbox",
        "stage_pk": "stage",
        "merge_pk": "ticket_merge",
        "view_pk": "ticket_view",
        "job_pk": "ticket_job",
    },
    "tickets_api": {"ticket_number": "ticket_number"},
    "contacts_api": {"contact_pk": "contact", "address_pk": "address", "company_pk": "company"},
    "records_api": {"contact_pk": "contact"},
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
    "channels:thread_control": {"pk": "conversation"},
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
