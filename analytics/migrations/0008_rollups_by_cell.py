import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

from analytics.models import Kind
from workspaces.isolation import EnableIsolation


def pieces():
    return django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None)


# Roll-ups are made anew from the facts by whoever reads next (as for another time zone), and facts from the log, for some
# of them count at another moment than before.
ANEW = (
    "ALTER TABLE analytics_reading NO FORCE ROW LEVEL SECURITY; "
    "UPDATE analytics_reading SET time_zone = '', again_asked_at = now(), again_since = NULL, again_at = '', "
    "again_done_at = NULL; "
    "ALTER TABLE analytics_reading FORCE ROW LEVEL SECURITY"
)


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0007_letters_leased"),
        ("workspaces", "0012_may_import"),
    ]

    operations = [
        migrations.DeleteModel(name="Rollup"),
        migrations.CreateModel(
            name="Rollup",
            fields=[
                ("pk", models.CompositePrimaryKey("workspace_id", "kind", "by", "at", "inbox_id", "channel_id", "value", blank=True, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=Kind.choices, max_length=16)),
                ("by", models.CharField(blank=True, default="", max_length=10)),
                ("at", models.DateTimeField()),
                ("inbox_id", models.BigIntegerField(default=0)),
                ("channel_id", models.BigIntegerField(default=0)),
                ("value", models.CharField(blank=True, default="", max_length=200)),
                ("channel_kind", models.CharField(blank=True, default="", max_length=20)),
                ("n", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
                ("calendar_total", models.BigIntegerField(default=0)),
                ("worked_total", models.BigIntegerField(default=0)),
                ("hours", pieces()),
                ("calendar", pieces()),
                ("worked", pieces()),
                ("scores", pieces()),
                ("workspace", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace")),
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
        EnableIsolation("analytics_rollup"),
        # A row grows by what each batch adds: room beside it, so that its index entry stays.
        migrations.RunSQL("ALTER TABLE analytics_rollup SET (fillfactor = 85)", migrations.RunSQL.noop),
        migrations.RunSQL(ANEW, migrations.RunSQL.noop),
    ]
