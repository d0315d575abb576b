"""What a bot knows when it decides: of the page, the visitor, the team. Plain JSON, so that a walk can be put again.

Of a contact only what an identified visitor may hear of themselves is among it (TR-6): an address that somebody merely
typed opens nothing.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.utils import timezone

from chatflows.models import FlowSession
from contacts.custom_files import without_key
from contacts.models import Contact
from conversations.models import Conversation, ConversationDetail
from inboxes.models import Channel
from inboxes.opening import is_open_for_handover
from inboxes.queries import people_in
from inboxes.routing.load import open_counts
from workspaces.models import Availability, TeamMember

OF_CONTACT = ("name", "email", "phone", "job_title", "city", "language", "time_zone")
PAGE = {"page_url": "page.url", "page_title": "page.title", "referrer": "page.referrer"}
VISITOR = {
    "language": "visitor.language",
    "zone": "visitor.zone",
    "country": "visitor.country",
    "device": "visitor.device",
}


def at_start(told: dict) -> dict[str, Any]:
    """What the visitor's page told, under the names a flow knows."""
    facts = {
        name: str(told[key])[:2000]
        for key, name in {**PAGE, **VISITOR}.items()
        if isinstance(told.get(key), str)
    }
    if url := facts.get("page.url"):
        try:
            facts["page.path"] = urlsplit(url).path
        except ValueError:
            facts["page.path"] = ""
    return facts | {"language": facts.get("visitor.language", "")}


def of_now(session: FlowSession, conversation: Conversation) -> dict[str, Any]:
    """The rest, as it stands at this moment."""
    now = timezone.localtime(timezone.now(), timezone.get_default_timezone())
    contact = known_contact(conversation)
    facts = {
        **session.facts,
        "now": now.isoformat(timespec="minutes"),
        "today": now.date().isoformat(),
        "known": contact is not None,
        "channel_open": is_open_for_handover(conversation.channel),
        **(of_contact(contact) if contact else {}),
        **_of_conversation(conversation),
    }
    if "available" in json.dumps(session.version.definition):
        facts["available"] = who_is_free(conversation.channel)
    return facts


def known_contact(conversation: Conversation) -> Contact | None:
    """Whose identity is proven: by a token of the customer's server, or by the platform they write on."""
    visitor = conversation.visitor
    if visitor is None:
        return conversation.contact
    return visitor.contact if visitor.contact_id and visitor.contact_id == conversation.contact_id else None


def of_contact(contact: Contact) -> dict[str, Any]:
    facts = {f"contact.{key}": getattr(contact, key) for key in OF_CONTACT}
    first, _space, last = contact.name.partition(" ")
    facts |= {"contact.first_name": first, "contact.last_name": last}
    if contact.company:
        facts |= {"contact.company": contact.company.name, "company.name": contact.company.name}
        facts["company.domain"] = contact.company.domain
        facts |= {f"company.{key}": without_key(value) for key, value in contact.company.custom.items()}
    return facts | {
        f"contact.{key}": without_key(value)
        for key, value in contact.custom.items()
        if f"contact.{key}" not in facts
    }


def _of_conversation(conversation: Conversation) -> dict[str, Any]:
    detail = (
        ConversationDetail.objects.filter(conversation=conversation).values_list("custom", flat=True).first()
    )
    return {"conversation.subject": conversation.subject, "conversation.priority": conversation.priority} | {
        f"conversation.{key}": without_key(value) for key, value in (detail or {}).items()
    }


def who_is_free(channel: Channel) -> list[str]:
    """Everybody who could be given a conversation of this channel now (RT-6), and the teams whose main team has one."""
    people = people_in(channel.inbox).filter(availability=Availability.AVAILABLE, can_be_auto_assigned=True)
    members = list(people.filter(Q(max_open=None) | Q(max_open__gt=0)))
    held = open_counts([one.pk for one in members])
    free = [one.pk for one in members if one.max_open is None or held.get(one.pk, 0) < one.max_open]
    teams = TeamMember.objects.filter(member__in=free, is_main=True).values_list("team", flat=True).distinct()
    return [f"member:{pk}" for pk in free] + [f"team:{pk}" for pk in sorted(teams)]
