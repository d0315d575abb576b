from django.db import migrations

from workspaces.isolation import EnableIsolation, SameWorkspaceKeys


class Migration(migrations.Migration):
    dependencies = [
        ("inboxes", "0001_initial"),
        ("workspaces", "0002_isolation"),
    ]

    operations = [
        EnableIsolation("inboxes_inbox"),
        EnableIsolation("inboxes_inboxaccess"),
        EnableIsolation("inboxes_channel"),
        SameWorkspaceKeys(
            "inboxes_inboxaccess",
            {
                "inbox_id": "inboxes_inbox",
                "member_id": "workspaces_member",
                "team_id": "workspaces_team",
            },
        ),
        SameWorkspaceKeys(
            "inboxes_channel",
            {
                "inbox_id": "inboxes_inbox",
            },
        ),
        SameWorkspaceKeys("inboxes_publicaddress", {"channel_id": "inboxes_channel"}),
    ]
