from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analytics", "0010_open_then")]

    operations = [
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(
                fields=["workspace", "member_id", "team_id", "subject_id"],
                include=["at", "kind"],
                condition=models.Q(kind="created"),
                name="facts_of_owners",
            ),
        ),
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(
                fields=["workspace", "kind", "at"],
                include=["subject_id"],
                condition=models.Q(kind__in=["created", "reopened", "closed"]),
                name="openings_in_time",
            ),
        ),
    ]
