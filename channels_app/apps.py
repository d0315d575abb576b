from django.apps import AppConfig


class ChannelsAppConfig(AppConfig):
    name = "channels_app"

    def ready(self):
        from channels_app.email.redaction import forget_source
        from channels_app.registry import register_kinds
        from conversations.signals import message_redacted

        register_kinds()
        message_redacted.connect(forget_source)
