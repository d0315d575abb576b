"""What reports ask of a survey beside the vote: where it stood then; and until when a link may answer."""

import django.db.models.deletion
from django.db import migrations, models

from workspaces.isolation import SameWorkspaceKeys

SURVEY = "chatflows_surveyanswer"


def key(target: str) -> models.ForeignKey:
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=target
    )


class Migration(migrations.Migration):
    dependencies = [
        ("chatflows", "0007_resume_links"),
        ("inboxes", "0008_rule_of_a_chatflow"),
        ("workspaces", "0011_no_demo_later"),
    ]

    operations = [
        migrations.AddField("surveyanswer", "inbox", key("inboxes.inbox")),
        migrations.AddField("surveyanswer", "channel", key("inboxes.channel")),
        migrations.AddField("surveyanswer", "team", key("workspaces.team")),
        migrations.AddField("surveyanswer", "expires_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "surveyanswer", models.Index(fields=["contact", "-asked_at"], name="surveys_of_contact")
        ),
        SameWorkspaceKeys(
            SURVEY,
            {"inbox_id": "inboxes_inbox", "channel_id": "inboxes_channel", "team_id": "workspaces_team"},
        ),
    ]
