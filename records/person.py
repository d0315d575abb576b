"""What is known of one person, as one JSON text: what they may ask for, and what to hand over when they do."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.forms.models import model_to_dict

from contacts.custom import definitions, in_words
from contacts.models import About, Contact, PagesSeen
from conversations.models import Conversation, Message
from records.archive import SECRET
from workspaces.audit import note
from workspaces.models import Member

# What the team wrote among itself is not told to the person; verbs for many hold others beside them.
UNTOLD = {"contacts.MergeRecord", "contacts.ContactJob"}


def told(contact: Contact, *, by: Member) -> str:
    """Everything of theirs: the card, what hangs on it in whatever room, and what was written between you."""
    said = {
        "contact": _row(contact) | {"properties": _own(contact)},
        "related": _related(contact),
        "pages_seen": [
            look for row in PagesSeen.objects.filter(visitor__contact=contact) for look in row.pages
        ],
        "conversations": [_conversation(one) for one in _conversations(contact)],
    }
    note("person.exported", f"contact {contact.pk}", member=by)
    return json.dumps(said, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def _own(contact: Contact) -> dict[str, str]:
    return {one.label: in_words(one, contact.custom.get(one.key)) for one in definitions(About.CONTACT)}


def _related(contact: Contact) -> dict[str, list]:
    """Rows of other tables that name them; conversations and messages are told on their own."""
    found: dict[str, list] = {}
    for relation in Contact._meta.get_fields(include_hidden=True):
        model = relation.related_model if relation.auto_created and relation.is_relation else None
        if model is None or model in (Conversation, Message) or model._meta.label in UNTOLD:
            continue
        rows = model.objects.filter(**{relation.field.name: contact}).order_by("pk")
        if lines := [_row(row) for row in rows]:
            found[model._meta.label] = lines
    return found


def _row(row: models.Model) -> dict[str, Any]:
    names = [
        field.name for field in row._meta.concrete_fields if not any(word in field.name for word in SECRET)
    ]
    return model_to_dict(row, fields=names) | {
        field.name: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name in names and not field.editable
    }


def _conversations(contact: Contact):
    theirs = Q(contact=contact) | Q(visitor__in=contact.visitors.values("pk"))
    return Conversation.objects.filter(theirs).order_by("pk")


def _conversation(conversation: Conversation) -> dict[str, Any]:
    messages = conversation.messages.order_by("seq").prefetch_related("attachments")
    return {
        "subject": conversation.subject,
        "channel": conversation.channel_kind,
        "messages": [
            {
                "at": row.created_at,
                "from": row.author_name,
                "direction": row.direction,
                "text": row.body,
                "files": [file.name for file in row.attachments.all()],
            }
            for row in messages
        ],
    }
