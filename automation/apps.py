from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class AutomationConfig(AppConfig):
    name = "automation"

    def ready(self):
        from automation.webhooks import WEBHOOK
        from conversations import deeds
        from conversations.why import register

        deeds.register(WEBHOOK)
        register(gettext_lazy("Rules"), "automation:why")
