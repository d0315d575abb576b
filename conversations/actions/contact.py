"""Who a conversation is with."""

from django.db import transaction

from contacts.models import Contact, Visitor
from conversations.actions.base import lock
from conversations.models import Conversation
from events.record import record
from events.types import CONVERSATION_CONTACT_CHANGED
from workspaces.models import Member


@transaction.atomic
def set_contact(conversation: Conversation, contact: Contact, *, by: Member | None) -> Conversation:
    """Say whose conversation this is (SB-2, SB-4). A visitor's browser is theirs from now on: a person decided it."""
    conversation = lock(conversation)
    if conversation.contact_id == contact.pk:
        return conversation
    previous = conversation.contact_id
    conversation.contact = contact
    conversation.contact_name = contact.called[:200]
    conversation.contact_org = contact.company.name[:200] if contact.company else ""
    conversation.version += 1
    conversation.save(update_fields=["contact", "contact_name", "contact_org", "version"])
    if conversation.visitor_id:
        Visitor.objects.filter(pk=conversation.visitor_id, contact=None).update(contact=contact)
    record(CONVERSATION_CONTACT_CHANGED, conversation, by=by, contact=contact.pk, previous=previous)
    return conversation
