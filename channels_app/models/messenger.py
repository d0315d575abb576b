"""What a Messenger channel keeps beside itself: how its page lets us in."""

from django.db import models
from django.utils import timezone

from inboxes.models import Channel
from workspaces.scope import WorkspaceModel


class MessengerPage(WorkspaceModel):
    """A page of Facebook. By the installation's app, or by one of the workspace's own, with a door of its own."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="messenger_page")
    # Sealed: the page's token, and the secret of an app of one's own. Never shown again.
    secret = models.TextField(blank=True)
    # Of an app of one's own; "" for the installation's.
    app_id = models.CharField(max_length=40, blank=True)
    # What Meta repeats when it first knocks at the door of an app of one's own.
    verify_token = models.CharField(max_length=64, blank=True)
    hook_key = models.CharField(max_length=64, blank=True)
    subscribed_at = models.DateTimeField(null=True)
    # When Meta last knocked, whatever it said: without it nothing arrives (FM-4).
    heard_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        pass
