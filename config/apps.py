from django.apps import AppConfig


class WiringConfig(AppConfig):
    name = "config"

    def ready(self):
        from config import checks, reactions  # noqa: F401  they need every app to be loaded
        from events.dispatch import register

        register(reactions.REACTIONS)
