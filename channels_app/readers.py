"""Who understands a raw payload that is no mail: by its source. The queue itself is channels_app/email/payloads.py."""

from collections.abc import Callable

from django.utils.module_loading import import_string

# source -> take_in(workspace_id, payload): writes what it means and calls payloads.finish, in one transaction.
READERS = {
    "messenger": "channels_app.messenger.incoming.take_in",
    "messenger-media": "channels_app.messenger.media.take_in",
    "messenger-profile": "channels_app.messenger.profile.take_in",
    "form": "channels_app.form.understand.take_in",
    "api": "channels_app.api_channel.understand.take_in",
}

# Sources whose reader asks another server first.
FETCHED = ("messenger-media", "messenger-profile")


def reader_of(source: str) -> Callable | None:
    """Imported when first needed: the readers import the queue."""
    name = READERS.get(source)
    return import_string(name) if name else None
