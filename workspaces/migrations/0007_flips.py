from django.db import migrations, models


class Migration(migrations.Migration):
    """When a member's working hours or absences next begin or end, and until when they are out of the office."""

    dependencies = [("workspaces", "0006_audit")]

    operations = [
        migrations.AddField("member", "away_until", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("member", "next_flip_at", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(
            "member",
            "away_cause",
            models.CharField(
                blank=True,
                choices=[
                    ("colleague", "A colleague"),
                    ("idle", "Nobody was here"),
                    ("hours", "The working hours have ended"),
                    ("absent", "Out of the office"),
                ],
                db_default="",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            "member",
            models.Index(
                models.F("next_flip_at"),
                condition=models.Q(("next_flip_at__isnull", False)),
                name="member_next_flip",
            ),
        ),
    ]
