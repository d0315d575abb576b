from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "conversations"

    def ready(self):
        from conversations.reactions import release_conversations_of
        from workspaces.signals import member_left

        member_left.connect(release_conversations_of)
