"""Whether a channel is open for handing out what comes in (CT-8)."""

from datetime import datetime

from inboxes.models import Channel
from inboxes.opening import is_open_for_handover


def is_open(channel: Channel | None, at: datetime) -> bool:
    """Of the channel alone: who is away is asked afterwards. A rule without a channel has no hours."""
    return channel is None or is_open_for_handover(channel, at)
