from django.apps import AppConfig
from django.db.models.signals import post_delete


class ChannelsAppConfig(AppConfig):
    name = "channels_app"

    def ready(self):
        from channels_app.email.redaction import forget_source
        from channels_app.messenger.profile import forget
        from channels_app.registry import register_kinds
        from contacts.models import ContactAddress
        from conversations.signals import message_redacted

        register_kinds()
        message_redacted.connect(forget_source)
        post_delete.connect(forget, sender=ContactAddress)
