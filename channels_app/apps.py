from django.apps import AppConfig


class ChannelsAppConfig(AppConfig):
    name = "channels_app"

    def ready(self):
        from channels_app.registry import register_kinds

        register_kinds()
