"""Events as one line of prose each, in the reader's language."""

from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contacts.models import Contact
from conversations.models import Conversation, Priority
from conversations.queries import mail_events
from events import types
from events.models import Event
from inboxes.models import Inbox
from workspaces.models import Member, Team

SHOWN = (
    types.MESSENGER_CONTROL,
    types.CONVERSATION_ASSIGNED,
    types.CONVERSATION_CLOSED,
    types.CONVERSATION_REOPENED,
    types.CONVERSATION_SNOOZED,
    types.CONVERSATION_MOVED,
    types.CONVERSATION_MARKED_SPAM,
    types.CONVERSATION_TRASHED,
    types.CONVERSATION_LABELLED,
    types.CONVERSATION_PRIORITY_CHANGED,
    types.CONVERSATION_MERGED,
    types.CONVERSATION_PARTED,
    types.CONVERSATION_SPLIT,
    types.CONVERSATION_CONTACT_CHANGED,
    types.MESSAGE_REDACTED,
    types.BOT_STARTED,
    types.BOT_HANDED_OVER,
    types.SURVEY_ANSWERED,
    types.RESUME_REVOKED,
    *mail_events.SHOWN,
)


@dataclass
class Names:
    """What events name by id, looked up once for all of them."""

    members: dict[int, str] = field(default_factory=dict)
    teams: dict[int, str] = field(default_factory=dict)
    inboxes: dict[int, str] = field(default_factory=dict)
    contacts: dict[int, str] = field(default_factory=dict)
    # Conversations that are part of another one at this moment.
    merged: set[int] = field(default_factory=set)


def event_views(events: list[Event], slug: str, people: dict[int, str] | None = None) -> list[dict]:
    """Each event that has something to tell: {text, link, undo_url}; `slug` is the workspace's, for addresses, `people`
    the names of members that are known already."""
    names = _names_in(events, people or {})
    views = []
    for event in events:
        text = _prose(event, names)
        if text:
            view = {"pk": event.pk, "text": text, "created_at": event.created_at} | _beside(
                event, names, slug
            )
            views.append({"type": "event", "e": view, "at": event.created_at})
    return views


def _names_in(events: list[Event], people: dict[int, str]) -> Names:
    def named(type: str, *keys: str) -> set[int]:
        return {event.payload.get(key) for event in events if event.type == type for key in keys} - {None}

    names = Names(members=dict(people))
    if strangers := named(types.CONVERSATION_ASSIGNED, "assignee", "previous") - people.keys():
        rows = Member.objects.filter(pk__in=strangers, workspace_id=events[0].workspace_id)
        names.members |= {row.pk: row.display_name for row in rows}
    if teams := named(types.CONVERSATION_ASSIGNED, "team"):
        names.teams = {row.pk: row.name for row in Team.objects.filter(pk__in=teams)}
    if inboxes := named(types.CONVERSATION_MOVED, "to"):
        names.inboxes = dict(Inbox.objects.filter(pk__in=inboxes).values_list("pk", "name"))
    if contacts := named(types.CONVERSATION_CONTACT_CHANGED, "contact"):
        names.contacts = {row.pk: row.called for row in Contact.objects.filter(pk__in=contacts)}
    if others := named(types.CONVERSATION_MERGED, "other"):
        merged = Conversation.objects.filter(pk__in=others).exclude(merged_into=None)
        names.merged = set(merged.values_list("pk", flat=True))
    return names


def _beside(event: Event, names: Names, slug: str) -> dict:
    """The address of what the event speaks of, or the way back from it."""
    other = event.payload.get("other")
    if event.type == types.SURVEY_ANSWERED:
        return {"stays": True}
    if event.type == types.CONVERSATION_MERGED and other in names.merged:
        return {"undo_url": reverse("conversations:part", args=[slug, other])}
    if event.type in (types.CONVERSATION_PARTED, types.CONVERSATION_SPLIT) and other:
        return {"url": reverse("conversations:open", args=[slug, other])}
    if event.type in (types.TICKET_CREATED, types.TICKET_LINKED) and event.payload.get("number"):
        return {"url": reverse("tickets:show", args=[slug, event.payload["number"]])}
    if event.type == types.CONVERSATION_ASSIGNED and event.payload.get("reason", "").startswith("routing"):
        return {"why_url": reverse("conversations:why", args=[slug, event.conversation_id])}
    return {}


def _prose(event: Event, names: Names) -> str:
    actor = event.actor.display_name if event.actor else ""
    if event.type in mail_events.SHOWN:
        return mail_events.mail_prose(event)
    tell = TELLERS.get(event.type)
    return tell(event.payload, actor, names, event.actor_id) if tell else ""


def _assigned(told: dict, actor: str, names: Names, actor_id: int | None) -> str:
    to = names.members.get(told.get("assignee")) or names.teams.get(told.get("team"))
    if to is None:
        return _("%(name)s gave this to nobody.") % {"name": actor or _("The system")}
    if actor_id and actor_id == told.get("assignee"):
        return _("%(name)s took this.") % {"name": actor}
    if actor:
        return _("%(name)s gave this to %(to)s.") % {"name": actor, "to": to}
    if told.get("reason") == "routing:unanswered":
        return _("Nobody had answered in time: this was given to %(to)s.") % {"to": to}
    return _("This was given to %(to)s.") % {"to": to}


def _controlled(told: dict, actor: str, *_names) -> str:
    """Which app of a Messenger page answers from here on."""
    if told.get("how") in ("asked", "wanted"):
        return _("%(name)s asked to answer here.") % {"name": actor or _("Another app of the page")}
    if actor and told.get("ours"):
        return _("%(name)s took this over from another app of the page.") % {"name": actor}
    if actor:
        return _("%(name)s left this to the page’s inbox on Facebook.") % {"name": actor}
    if told.get("ours"):
        return _("This is ours to answer again.")
    return _("Another app of the page answers from here on.")


def _bot_started(*_told) -> str:
    return _("A bot took this.")


def _bot_handed_over(*_told) -> str:
    return _("The bot handed this over.")


def _voted(told: dict, *_rest) -> str:
    """Their comment is a customer's words, and leaves the log with them."""
    values = {"score": told.get("score", ""), "comment": told.get("comment", "")}
    if values["comment"]:
        return _("They gave this %(score)s of 5: “%(comment)s”") % values
    return _("They gave this %(score)s of 5.") % values


def _way_closed(told: dict, actor: str, *_rest) -> str:
    return _("%(name)s closed the way back into this chat by mail.") % {"name": actor or _("The system")}


def _ticket_created(told: dict, actor: str, *_rest) -> str:
    if actor:
        return _("%(name)s created ticket #%(number)s.") % {"name": actor, "number": told.get("number")}
    return _("Ticket #%(number)s was created.") % {"number": told.get("number")}


def _ticket_linked(told: dict, actor: str, *_rest) -> str:
    return _("%(name)s added this to ticket #%(number)s.") % {
        "name": actor or _("The system"),
        "number": told.get("number"),
    }


def _ticket_unlinked(told: dict, actor: str, *_rest) -> str:
    return _("%(name)s parted this from ticket #%(number)s.") % {
        "name": actor or _("The system"),
        "number": told.get("number"),
    }


def _closed(told: dict, actor: str, *_rest) -> str:
    return _("%(name)s closed this.") % {"name": actor} if actor else _("Closed.")


def _reopened(told: dict, actor: str, *_rest) -> str:
    if told.get("reason") == "answer":
        return _("A new message opened this again.")
    return _("%(name)s opened this again.") % {"name": actor} if actor else _("Open again.")


def _snoozed(told: dict, actor: str, *_rest) -> str:
    if not told.get("until"):
        return _("%(name)s snoozed this until an answer comes.") % {"name": actor or _("The system")}
    told = {"name": actor or _("The system"), "date": moment(datetime.fromisoformat(told["until"]))}
    return _("%(name)s snoozed this until %(date)s.") % told


def moment(at: datetime) -> str:
    """A day and an hour in the reader's zone."""
    return date_format(timezone.localtime(at), "j M, H:i")


def _moved(told: dict, actor: str, names: Names, _actor_id) -> str:
    inbox = names.inboxes.get(told.get("to")) or _("another inbox")
    return _("%(name)s moved this to %(inbox)s.") % {"name": actor or _("The system"), "inbox": inbox}


def _spam(told: dict, actor: str, *_rest) -> str:
    if not actor:
        return ""
    if told.get("spam"):
        return _("%(name)s marked this as spam.") % {"name": actor}
    return _("%(name)s brought this back: it is no spam.") % {"name": actor}


def _trashed(told: dict, actor: str, *_rest) -> str:
    if told.get("trashed"):
        return _("%(name)s moved this to the trash.") % {"name": actor or _("The system")}
    return _("%(name)s took this out of the trash.") % {"name": actor or _("The system")}


def _labelled(told: dict, actor: str, *_rest) -> str:
    values = {"name": actor or _("The system"), "label": told.get("label", "")}
    if told.get("on"):
        return _("%(name)s put the label “%(label)s” on.") % values
    return _("%(name)s took the label “%(label)s” off.") % values


def _priority(told: dict, actor: str, *_rest) -> str:
    priority = told.get("priority", "")
    label = Priority(priority).label if priority in Priority.values else priority
    return _("%(name)s set the priority to %(priority)s.") % {
        "name": actor or _("The system"),
        "priority": label,
    }


def _merged(told: dict, actor: str, *_rest) -> str:
    told = {"name": actor or _("The system"), "subject": told.get("subject") or _("a conversation")}
    return _("%(name)s merged “%(subject)s” into this.") % told


def _parted(told: dict, actor: str, *_rest) -> str:
    told = {"name": actor or _("The system"), "subject": told.get("subject") or _("a conversation")}
    return _("%(name)s parted “%(subject)s” from this again.") % told


def _split(told: dict, actor: str, *_rest) -> str:
    return _("%(name)s began a new conversation with a message of this one.") % {"name": actor}


def _contact_changed(told: dict, actor: str, names: Names, _actor_id) -> str:
    contact = names.contacts.get(told.get("contact"))
    if not contact:
        return ""
    return _("%(name)s said that this is with %(contact)s.") % {
        "name": actor or _("The system"),
        "contact": contact,
    }


def _redacted(told: dict, actor: str, *_rest) -> str:
    """A message that was removed says so itself, in its place."""
    return _("%(name)s removed a file for good.") % {"name": actor} if told.get("file") else ""


TELLERS = {
    types.MESSENGER_CONTROL: _controlled,
    types.BOT_STARTED: _bot_started,
    types.BOT_HANDED_OVER: _bot_handed_over,
    types.SURVEY_ANSWERED: _voted,
    types.RESUME_REVOKED: _way_closed,
    types.CONVERSATION_ASSIGNED: _assigned,
    types.CONVERSATION_CLOSED: _closed,
    types.CONVERSATION_REOPENED: _reopened,
    types.CONVERSATION_SNOOZED: _snoozed,
    types.CONVERSATION_MOVED: _moved,
    types.CONVERSATION_MARKED_SPAM: _spam,
    types.CONVERSATION_TRASHED: _trashed,
    types.CONVERSATION_LABELLED: _labelled,
    types.CONVERSATION_PRIORITY_CHANGED: _priority,
    types.CONVERSATION_MERGED: _merged,
    types.CONVERSATION_PARTED: _parted,
    types.CONVERSATION_SPLIT: _split,
    types.CONVERSATION_CONTACT_CHANGED: _contact_changed,
    types.TICKET_CREATED: _ticket_created,
    types.TICKET_LINKED: _ticket_linked,
    types.TICKET_UNLINKED: _ticket_unlinked,
    types.MESSAGE_REDACTED: _redacted,
}
