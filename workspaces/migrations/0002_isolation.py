from django.db import migrations

from workspaces.isolation import EnableIsolation, SameWorkspaceKeys


class Migration(migrations.Migration):
    dependencies = [
        ("workspaces", "0001_initial"),
    ]

    operations = [
        EnableIsolation("workspaces_team"),
        EnableIsolation("workspaces_teammember"),
        EnableIsolation("workspaces_invitation"),
        SameWorkspaceKeys(
            "workspaces_teammember",
            {
                "team_id": "workspaces_team",
                "member_id": "workspaces_member",
            },
        ),
        SameWorkspaceKeys(
            "workspaces_invitation",
            {
                "team_id": "workspaces_team",
                "invited_by_id": "workspaces_member",
            },
        ),
    ]
