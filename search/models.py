"""One row for each thing that can be found. Written by triggers, so that no path can forget it."""

from django.contrib.postgres.search import SearchVectorField
from django.db import models

from workspaces.models import Workspace
from workspaces.scope import WorkspaceModel


class Kind(models.IntegerChoices):
    MESSAGE = 1
    COMMENT = 2
    ATTACHMENT = 3
    PARTICIPANT = 4
    # Subject and person of a conversation, found under the conversation's own id.
    CONVERSATION = 5


class Entry(WorkspaceModel):
    """Words of a message, a comment, a file's name, a participant or a conversation.

    Partitioned by month of `created_at`, without foreign keys: the triggers of search/migrations put rows in and take
    them out. Weights of the words: A subject, B who wrote, C to whom, D everything else.
    """

    pk = models.CompositePrimaryKey("conversation_id", "kind", "source_id", "created_at")
    workspace = models.ForeignKey(
        Workspace, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    conversation_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    kind = models.SmallIntegerField(choices=Kind)
    tsv = SearchVectorField()

    class Meta(WorkspaceModel.Meta):
        verbose_name_plural = "entries"
