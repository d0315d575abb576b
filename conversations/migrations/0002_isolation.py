from django.db import migrations

from workspaces.isolation import EnableIsolation, SameWorkspaceKeys


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0001_initial"),
        ("inboxes", "0002_isolation"),
        ("contacts", "0002_isolation"),
        ("workspaces", "0002_isolation"),
    ]

    operations = [
        EnableIsolation("conversations_conversation"),
        EnableIsolation("conversations_conversationdetail"),
        EnableIsolation("conversations_message"),
        EnableIsolation("conversations_comment"),
        EnableIsolation("conversations_attachment"),
        EnableIsolation("conversations_label"),
        EnableIsolation("conversations_conversationlabel"),
        EnableIsolation("conversations_draft"),
        EnableIsolation("conversations_readmark"),
        EnableIsolation("conversations_countdelta"),
        SameWorkspaceKeys(
            "conversations_conversation",
            {
                "inbox_id": "inboxes_inbox",
                "channel_id": "inboxes_channel",
                "contact_id": "contacts_contact",
                "visitor_id": "contacts_visitor",
                "assignee_id": "workspaces_member",
                "team_id": "workspaces_team",
            },
        ),
        SameWorkspaceKeys(
            "conversations_conversationdetail",
            {
                "conversation_id": "conversations_conversation",
            },
        ),
        SameWorkspaceKeys(
            "conversations_message",
            {
                "conversation_id": "conversations_conversation",
                "channel_id": "inboxes_channel",
                "member_id": "workspaces_member",
                "contact_id": "contacts_contact",
            },
        ),
        SameWorkspaceKeys(
            "conversations_comment",
            {
                "conversation_id": "conversations_conversation",
                "author_id": "workspaces_member",
            },
        ),
        SameWorkspaceKeys(
            "conversations_attachment",
            {
                "message_id": "conversations_message",
                "comment_id": "conversations_comment",
            },
        ),
        SameWorkspaceKeys(
            "conversations_conversationlabel",
            {
                "conversation_id": "conversations_conversation",
                "label_id": "conversations_label",
            },
        ),
        SameWorkspaceKeys(
            "conversations_draft",
            {
                "conversation_id": "conversations_conversation",
                "member_id": "workspaces_member",
            },
        ),
        SameWorkspaceKeys(
            "conversations_readmark",
            {
                "conversation_id": "conversations_conversation",
                "member_id": "workspaces_member",
            },
        ),
        SameWorkspaceKeys(
            "conversations_countdelta",
            {
                "inbox_id": "inboxes_inbox",
            },
        ),
        # Contacts stand below channels: the key of a visitor's channel is laid here, above both.
        SameWorkspaceKeys("contacts_visitor", {"channel_id": "inboxes_channel"}),
    ]
