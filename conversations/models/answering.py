"""What helps to answer together: texts that are kept to be used again, and who was named in a comment."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.models.conversation import Conversation
from conversations.models.entries import Comment
from workspaces.models import Member, Team
from workspaces.permissions import Permission
from workspaces.scope import ScopedManager, WorkspaceModel


class SnippetQuerySet(models.QuerySet):
    def usable_by(self, member: Member):
        return self.filter(Q(owner=None) | Q(owner=member))

    def editable_by(self, member: Member):
        """One's own, and what all share for those who may manage it."""
        mine = Q(owner=member)
        return self.filter(mine | Q(owner=None) if member.may(Permission.MANAGE_SNIPPETS) else mine)


class Snippet(WorkspaceModel):
    """A text to be used again (CR-8). Without an owner it is everybody's. It may hold tokens (conversations/tokens.py)."""

    name = models.CharField(_("Name"), max_length=80)
    shortcut = models.SlugField(_("Short form"), max_length=32, blank=True)
    folder = models.CharField(_("Folder"), max_length=60, blank=True)
    # Of the people it is meant for; '' is anybody.
    language = models.CharField(_("Language"), max_length=10, blank=True)
    body = models.TextField(_("Text"))
    html = models.TextField(blank=True)
    owner = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="snippets")
    uses = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ScopedManager.from_queryset(SnippetQuerySet)()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            # The same short form may exist once a language: the contact's is preferred.
            models.UniqueConstraint(
                "workspace",
                "owner",
                "language",
                Lower("shortcut"),
                condition=~Q(shortcut=""),
                nulls_distinct=False,
                name="snippet_shortcut_once",
            ),
        ]

    def __str__(self):
        return self.name


class MacroQuerySet(SnippetQuerySet):
    """Whose it is decides as with saved texts."""


class Macro(WorkspaceModel):
    """Several deeds under one name (conversations/deeds/): answer, label, give, close. Without an owner it is everybody's."""

    name = models.CharField(_("Name"), max_length=80)
    shortcut = models.SlugField(_("Short form"), max_length=32, blank=True)
    folder = models.CharField(_("Folder"), max_length=60, blank=True)
    owner = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="macros")
    deeds = models.JSONField(default=list)
    uses = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ScopedManager.from_queryset(MacroQuerySet)()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                "workspace",
                "owner",
                Lower("shortcut"),
                condition=~Q(shortcut=""),
                nulls_distinct=False,
                name="macro_shortcut_once",
            ),
        ]

    def __str__(self):
        return self.name


class Mention(WorkspaceModel):
    """A member who was named in a comment, by themselves or with a team of theirs; once a comment (NO-5)."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="mentions")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="mentions")
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["comment", "member"], name="mention_once")]
        indexes = [models.Index(fields=["member", "conversation"], name="mentions_of_member")]
