from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "conversations"

    def ready(self):
        from django.db.models.signals import post_delete

        from contacts import custom_files
        from contacts.signals import contacts_changed
        from conversations import of_contact
        from conversations.files import of_property
        from conversations.models import Attachment, PropertyFile
        from conversations.reactions import (
            count_open_of,
            forget_bytes_of,
            release_conversations_of,
            rename_conversations_of,
        )
        from conversations.routing import open_counts
        from inboxes.routing import load
        from workspaces.signals import member_left, open_work

        of_contact.connect()
        load.register(open_counts)
        open_work.connect(count_open_of)
        member_left.connect(release_conversations_of)
        contacts_changed.connect(rename_conversations_of)
        post_delete.connect(forget_bytes_of, sender=Attachment)
        post_delete.connect(forget_bytes_of, sender=PropertyFile)
        custom_files.register(of_property)
