from django.db import migrations

from workspaces.isolation import EnableIsolation, SameWorkspaceKeys


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0001_initial"),
        ("workspaces", "0002_isolation"),
    ]

    operations = [
        EnableIsolation("events_event"),
        EnableIsolation("events_reactiondue"),
        SameWorkspaceKeys(
            "events_event",
            {
                "actor_id": "workspaces_member",
            },
        ),
        SameWorkspaceKeys(
            "events_reactiondue",
            {
                "event_id": "events_event",
            },
        ),
    ]
