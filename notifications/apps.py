from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from conversations.signals import conversation_read
        from notifications.reactions import (
            forget_devices_of,
            forget_what_was_read,
            forget_what_was_read_of,
        )
        from tickets.signals import ticket_read
        from workspaces.signals import member_left

        conversation_read.connect(forget_what_was_read)
        ticket_read.connect(forget_what_was_read_of)
        member_left.connect(forget_devices_of)
