"""Which kinds of channel this installation has: one line each."""

from channels_app.adapter import Adapter
from channels_app.api_channel.adapter import ApiChannel
from channels_app.email.adapter import Email
from channels_app.form.adapter import Form
from channels_app.live_chat.adapter import LiveChat
from channels_app.messenger.adapter import Messenger
from inboxes import kinds

ADAPTERS: dict[str, Adapter] = {
    adapter.kind.key: adapter for adapter in (Email(), LiveChat(), Messenger(), Form(), ApiChannel())
}


def register_kinds() -> None:
    for adapter in ADAPTERS.values():
        kinds.register(adapter.kind)


def get_adapter(kind: str) -> Adapter:
    return ADAPTERS[kind]
