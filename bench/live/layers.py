"""The common way, to compare with: a Channels consumer in a group of the layer over publish/subscribe."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402


class Consumer(AsyncWebsocketConsumer):
    """The first frame names the group to join; what comes after is told to the group it names: `group text`."""

    async def connect(self) -> None:
        self.group = ""
        await self.accept()

    async def receive(self, text_data=None, bytes_data=None) -> None:
        group, _space, text = text_data.partition(" ")
        if not self.group:
            self.group = group
            await self.channel_layer.group_add(group, self.channel_name)
            await self.send(text_data="ready")
        else:
            await self.channel_layer.group_send(group, {"type": "told", "text": text})

    async def told(self, event) -> None:
        await self.send(text_data=event["text"])

    async def disconnect(self, code) -> None:
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)


application = Consumer.as_asgi()
