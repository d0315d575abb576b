"""The first steps of a workspace: how far it is, read from what is really there. Asked only until they are done."""

from django.db.models import Exists
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Visitor
from conversations.models import Conversation
from inboxes.models import Channel, Inbox
from workspaces.models import Invitation, Member, Workspace
from workspaces.permissions import Permission


def steps_for(member: Member) -> list[dict]:
    """What the empty page shows to who may set up; nothing once all is done or put away. One query then none."""
    workspace = member.workspace
    if workspace.checklist_hidden_at or not member.may(Permission.MANAGE_INBOXES):
        return []
    facts = _facts(workspace)
    steps = _steps(workspace, facts)
    if all(step["state"] == "done" for step in steps):
        Workspace.objects.filter(pk=workspace.pk).update(checklist_hidden_at=timezone.now())
        return []
    following = next(step for step in steps if step["state"] != "done")
    following["state"] = "now"
    return steps


def _facts(workspace: Workspace) -> dict:
    mail = Channel.objects.active().filter(kind="email").exclude(config__contains={"fallback": True})
    asked = Inbox.objects.order_by("pk").annotate(
        has_mail=Exists(mail),
        has_visitor=Exists(Visitor.objects.exclude(page_url="")),
        has_real=Exists(Conversation.objects.filter(detail__is_sample=False)),
        has_team=Exists(Member.objects.filter(workspace=workspace).order_by("pk")[1:2]),
        has_invited=Exists(Invitation.objects.all()),
    )
    names = ("pk", "name", "has_mail", "has_visitor", "has_real", "has_team", "has_invited")
    facts = asked.values(*names).first() or dict.fromkeys(names)
    facts["chat"] = Channel.objects.active().filter(kind="chat").order_by("pk").values("pk", "config").first()
    return facts


def _steps(workspace: Workspace, facts: dict) -> list[dict]:
    slug, chat = workspace.slug, facts["chat"]
    test = ("inboxes:setup_test", [slug, chat["pk"]]) if chat else ("inboxes:setup_mail", [slug])
    snippet = ("inboxes:setup_channel", [slug, chat["pk"]]) if chat else ("inboxes:list", [slug])
    is_sited = bool(chat and chat["config"].get("sites"))
    wanted = [
        (
            True,
            _("Name your inbox"),
            _("“%(name)s” is ready, with you as a member.") % {"name": facts["name"] or ""},
            None,
            "",
        ),
        (
            is_sited or facts["has_mail"],
            _("Connect where customers write"),
            _("A chat on your site, or the address your customers know."),
            ("inboxes:setup", [slug]),
            _("Connect"),
        ),
        (
            facts["has_visitor"],
            _("Put live chat on your site"),
            _("One line of HTML. It shows on the sites that you name, and nowhere else."),
            snippet,
            _("Get snippet"),
        ),
        (
            facts["has_real"],
            _("Send yourself a test"),
            _("Write as a customer would, and answer from here."),
            test,
            _("Test"),
        ),
        (
            facts["has_team"] or facts["has_invited"],
            _("Invite your team"),
            _("Mentions, assignments and routing need at least two of you."),
            ("workspaces:team", [slug]),
            _("Invite"),
        ),
    ]
    if facts["has_mail"] and not is_sited:  # they chose mail: nothing is owed to a chat
        wanted.pop(2)
    return [
        {
            "title": title,
            "text": text,
            "url": "" if done or not way else reverse(way[0], args=way[1]),
            "action": action,
            "state": "done" if done else "later",
        }
        for done, title, text, way, action in wanted
    ]
