"""What visitors leave beside their messages, what they may read before they write, and how a site says who they are."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact, Visitor
from conversations.models import Conversation
from inboxes.models import Channel, Inbox
from workspaces.models import Member, Team
from workspaces.scope import ScopedManager, WorkspaceModel


class ArticleQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__isnull=False)

    def in_order(self):
        """As the team put them; those that nobody moved by their title."""
        return self.order_by("position", "title", "pk")


class Article(WorkspaceModel):
    """An answer written once (LC-6). Its HTML is stored as written and cleaned whenever it is shown."""

    slug = models.SlugField(_("Address"), max_length=80)
    language = models.CharField(_("Language"), max_length=10, default="en")
    title = models.CharField(_("Title"), max_length=160)
    body = models.TextField(_("Text"), blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = ScopedManager.from_queryset(ArticleQuerySet)()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "language", "slug"], name="article_address_once"),
        ]

    def __str__(self):
        return self.title


class ConsentKind(models.TextChoices):
    COOKIES = "cookies", _("Keep the chat in this browser")
    PROCESSING = "processing", _("Process what is written")


class ConsentProof(WorkspaceModel):
    """Who agreed to which words, when and where (OP-3, OP-4); the address of their network only as a hash."""

    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=10, choices=ConsentKind)
    accepted = models.BooleanField()
    text = models.TextField()
    page_url = models.CharField(max_length=2000, blank=True)
    address_hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["visitor", "kind"], name="consents_of_a_visitor")]


class SurveyAnswer(WorkspaceModel):
    """How content the customer was, asked once for each conversation whatever carries the question (LC-7)."""

    # Null until they answer: what was asked counts in reports as well.
    score = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(blank=True)
    channel_kind = models.CharField(max_length=20, default="chat", db_default="chat")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    # Who had the conversation, or answered last, when it was asked about; and the version of the chatflow that it began with.
    agent = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.ForeignKey(
        "chatflows.ChatflowVersion", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Where it stood then: a conversation may move later, and reports ask how it was.
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.SET_NULL, related_name="+")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.SET_NULL, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    # Until when a link or a button may answer; null for what is asked in the chat itself.
    expires_at = models.DateTimeField(null=True)
    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="survey")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="surveys")

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="score_from_1_to_5"),
            models.CheckConstraint(
                condition=Q(score=None, answered_at=None) | Q(score__isnull=False, answered_at__isnull=False),
                name="a_vote_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "answered_at"], name="survey_answers_by_day"),
            models.Index(fields=["workspace", "asked_at"], name="surveys_asked_by_day"),
            models.Index(fields=["contact", "-asked_at"], name="surveys_of_contact"),
        ]


class IdentitySecret(WorkspaceModel):
    """With which a site signs who its visitors are (TR-5): sealed at rest, at most two of a channel live at once."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="identity_secrets")
    sealed = models.TextField()
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(fields=["channel"], condition=Q(revoked_at=None), name="live_identity_secrets")
        ]
