"""The labels of a workspace: made, renamed, coloured, merged, archived and deleted, each noted in the audit log."""

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from conversations.models import Conversation, ConversationLabel, Label
from workspaces.audit import note
from workspaces.refusals import NameTaken, Refused

COLOURS = ("d1", "d2", "d3", "d4")


def labels_with_counts():
    """All of them, those in use first, each with `used`: how many conversations carry it."""
    marks = ConversationLabel.objects.filter(label=OuterRef("pk")).order_by().values("label")
    used = Coalesce(Subquery(marks.annotate(n=Count("*")).values("n")), 0)
    return Label.objects.annotate(used=used).order_by(F("archived_at").asc(nulls_first=True), "name")


def _told(label: Label) -> dict:
    return {"name": label.name, "colour": label.colour, "archived": label.archived_at is not None}


@transaction.atomic
def create_label(*, name: str, colour: str) -> Label:
    label = _saved(Label(name=" ".join(name.split()), colour=colour))
    note("label.created", label, after=_told(label))
    return label


@transaction.atomic
def change_label(label: Label, *, name: str, colour: str) -> Label:
    before = _told(label)
    label.name, label.colour = " ".join(name.split()), colour
    _saved(label)
    note("label.changed", label, before=before, after=_told(label))
    return label


def _saved(label: Label) -> Label:
    try:
        with transaction.atomic():
            label.save()
    except IntegrityError:
        raise NameTaken from None
    return label


@transaction.atomic
def archive_label(label: Label, archived: bool) -> Label:
    """Offered no longer; what carries it keeps it, and views may still ask for it."""
    if archived == (label.archived_at is not None):
        return label
    label.archived_at = timezone.now() if archived else None
    label.save(update_fields=["archived_at"])
    note("label.archived" if archived else "label.restored", label)
    return label


@transaction.atomic
def merge_labels(gone: Label, kept: Label) -> int:
    """Whatever carries `gone` carries `kept` from now on. Returns on how many conversations. Refused for one with itself."""
    if gone.pk == kept.pk:
        raise Refused
    marks = ConversationLabel.objects.filter(label=gone)
    conversations = list(marks.values_list("conversation", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO conversations_conversationlabel (workspace_id, conversation_id, label_id)
               SELECT workspace_id, conversation_id, %s FROM conversations_conversationlabel WHERE label_id = %s
               ON CONFLICT DO NOTHING""",
            [kept.pk, gone.pk],
        )
    _move(conversations)
    before = {"name": gone.name, "conversations": len(conversations)}
    gone.delete()
    note("label.merged", kept, before=before, after={"name": kept.name})
    return len(conversations)


@transaction.atomic
def delete_label(label: Label) -> int:
    """Take it off everything, for good. Returns how many conversations carried it."""
    conversations = list(ConversationLabel.objects.filter(label=label).values_list("conversation", flat=True))
    before = _told(label) | {"conversations": len(conversations)}
    kept = Label(pk=label.pk, name=label.name)
    label.delete()
    _move(conversations)
    note("label.deleted", kept, before=before)
    return len(conversations)


def _move(conversations: list[int]) -> None:
    """Cached rows of lists are named by the version."""
    for start in range(0, len(conversations), 1000):
        rows = Conversation.objects.filter(pk__in=conversations[start : start + 1000])
        rows.update(version=F("version") + 1)
