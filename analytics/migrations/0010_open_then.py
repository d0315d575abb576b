import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

from workspaces.isolation import EnableIsolation


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0009_anew_by_piece"),
        ("workspaces", "0012_may_import"),
    ]

    operations = [
        migrations.CreateModel(
            name="OpenThen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("subjects", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "default_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("workspace", "at"), name="open_then_once")],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        EnableIsolation("analytics_openthen"),
    ]
