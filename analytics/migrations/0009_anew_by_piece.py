import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0008_rollups_by_cell"),
    ]

    operations = [
        migrations.AddField(
            model_name="reading",
            name="anew_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="reading",
            name="anew_was",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="reading",
            name="anew_kinds",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=16), null=True, size=None
            ),
        ),
    ]
