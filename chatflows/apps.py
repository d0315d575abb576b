from django.apps import AppConfig


class ChatflowsConfig(AppConfig):
    name = "chatflows"
