from django.db import migrations

from workspaces.isolation import EnableIsolation, SameWorkspaceKeys


class Migration(migrations.Migration):
    dependencies = [
        ("channels_app", "0001_initial"),
        ("inboxes", "0002_isolation"),
    ]

    operations = [
        EnableIsolation("channels_app_inboundpayload"),
        SameWorkspaceKeys(
            "channels_app_inboundpayload",
            {
                "channel_id": "inboxes_channel",
            },
        ),
    ]
