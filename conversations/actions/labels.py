"""Labels on conversations."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from conversations.actions.base import lock
from conversations.models import Conversation, ConversationLabel, Label
from events.record import record
from events.types import CONVERSATION_LABELLED
from workspaces.models import Member

COLOURS = ("d1", "d2", "d3", "d4")


def label_called(name: str) -> Label:
    """The label of a name, made when there is none, back in use when it was archived. Raises ValidationError."""
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise ValidationError(_("A label has between 1 and 60 characters."))
    known = Label.objects.filter(name__iexact=name).first()
    if known and known.archived_at:
        known.archived_at = None
        known.save(update_fields=["archived_at"])
    return known or Label.objects.create(name=name, colour=COLOURS[Label.objects.count() % len(COLOURS)])


@transaction.atomic
def set_label(conversation: Conversation, label: Label, on: bool, *, by: Member | None) -> Conversation:
    """Put a label on, or take it off. Doing it twice records once."""
    conversation = lock(conversation)
    marks = ConversationLabel.objects.filter(conversation=conversation, label=label)
    if marks.exists() == on:
        return conversation
    if on:
        ConversationLabel.objects.create(conversation=conversation, label=label)
    else:
        marks.delete()
    conversation.version += 1
    conversation.save(update_fields=["version"])
    record(CONVERSATION_LABELLED, conversation, by=by, label=label.name, on=on)
    return conversation
