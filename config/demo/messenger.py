"""The demo's page of Facebook, played by the simulator: the supervisor starts one beside the demo."""

import os
from collections.abc import Mapping

from channels_app.messenger.account import sealed
from channels_app.models import MessengerPage
from inboxes.models import Channel
from simulator.__main__ import PAGE, TOKEN
from workspaces.models import Workspace
from workspaces.scope import workspace_scope


def connect_simulator(workspace: Workspace, environment: Mapping[str, str] = os.environ) -> bool:
    """Give the page its keys, once, where a simulator runs. Returns whether it was done now."""
    if not environment.get("MESSENGER_SIMULATOR"):
        return False
    with workspace_scope(workspace):
        channel = Channel.objects.filter(kind="messenger", identifier=PAGE, disconnected_at=None).first()
        if channel is None or MessengerPage.objects.filter(channel=channel).exists():
            return False
        MessengerPage.objects.create(channel=channel, secret=sealed(channel, token=TOKEN))
        return True
