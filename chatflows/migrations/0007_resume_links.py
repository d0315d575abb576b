import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
from django.db import migrations, models

from workspaces.isolation import EnableIsolation, SameWorkspaceKeys


class Migration(migrations.Migration):
    dependencies = [
        ("chatflows", "0006_surveys_and_routing"),
        ("conversations", "0016_chatflow_met"),
        ("workspaces", "0011_no_demo_later"),
    ]

    operations = [
        migrations.CreateModel(
            name="ResumeLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event", models.BigIntegerField()),
                ("address", models.CharField(max_length=254)),
                ("after", models.IntegerField(default=0)),
                ("is_claimed", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("session_hash", models.CharField(blank=True, default="", max_length=64)),
                ("written", models.JSONField(default=list)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="resume_links",
                        to="conversations.conversation",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "event"), name="one_link_of_a_letter"),
                    models.UniqueConstraint(
                        condition=models.Q(("session_hash", ""), _negated=True),
                        fields=("session_hash",),
                        name="resumed_once",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        EnableIsolation("chatflows_resumelink"),
        SameWorkspaceKeys("chatflows_resumelink", {"conversation_id": "conversations_conversation"}),
    ]
