import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
from django.db import migrations, models

from workspaces.isolation import EnableIsolation, SameWorkspaceKeys


class Migration(migrations.Migration):
    dependencies = [
        ("inboxes", "0006_hours"),
        ("workspaces", "0007_flips"),
    ]

    operations = [
        migrations.AddField(
            model_name="inbox",
            name="auto_close_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="inbox",
            name="signature",
            field=models.TextField(blank=True, db_default="", default="", max_length=2000),
        ),
        migrations.CreateModel(
            name="Relocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("only_open", models.BooleanField(default=False)),
                ("deletes_inbox", models.BooleanField(default=False)),
                ("moved", models.IntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("finished_at", models.DateTimeField(null=True)),
                ("channel", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inboxes.channel")),
                ("inbox", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="leaving", to="inboxes.inbox")),
                ("member", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="workspaces.member")),
                ("to", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="arriving", to="inboxes.inbox")),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at", None)), fields=["created_at"], name="relocation_due"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("inbox", models.F("to")), _negated=True),
                        name="relocation_goes_elsewhere",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deletes_inbox", True)),
                        fields=("inbox",),
                        name="inbox_deleted_once",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        EnableIsolation("inboxes_relocation"),
        SameWorkspaceKeys(
            "inboxes_relocation",
            {
                "inbox_id": "inboxes_inbox",
                "to_id": "inboxes_inbox",
                "channel_id": "inboxes_channel",
                "member_id": "workspaces_member",
            },
        ),
    ]
