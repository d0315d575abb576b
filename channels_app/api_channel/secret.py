"""The secret that both sides sign with. Kept sealed in the channel's settings, shown once."""

import secrets

from inboxes.models import Channel
from workspaces.audit import note
from workspaces.sealed import seal, unseal

KEY = "secret"


def renew(channel: Channel) -> str:
    """Make a new one and return it; what was signed with the old one is refused from now on."""
    made = f"apisec_{secrets.token_urlsafe(32)}"
    channel.config = channel.config | {KEY: seal(made, about=_about(channel))}
    channel.save(update_fields=["config"])
    note("channel.secret_renewed", channel)
    return made


def of(channel: Channel) -> str:
    return unseal(channel.config[KEY], about=_about(channel))


def _about(channel: Channel) -> str:
    return f"api channel {channel.pk}"
