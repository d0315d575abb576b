from django.apps import AppConfig


class InboxesConfig(AppConfig):
    name = "inboxes"

    def ready(self):
        from inboxes.reactions import forget_access_of
        from workspaces.signals import member_left

        member_left.connect(forget_access_of)
