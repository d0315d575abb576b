import uuid

import django.db.models.deletion
import django.db.models.manager
from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models

from workspaces.isolation import EnableIsolation


class Migration(migrations.Migration):
    dependencies = [("chatflows", "0002_default_flows"), ("workspaces", "0009_heir")]

    operations = [
        migrations.AddField(
            model_name="chatflowversion",
            name="public_id",
            field=models.UUIDField(
                default=uuid.uuid4, db_default=RandomUUID(), editable=False, unique=True
            ),
        ),
        migrations.CreateModel(
            name="FlowSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fall_through_when_unavailable", models.BooleanField(default=False)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "default_manager_name": "objects",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            model_name="flowsettings",
            constraint=models.UniqueConstraint(fields=["workspace"], name="flow_settings_once"),
        ),
        EnableIsolation("chatflows_flowsettings"),
    ]
