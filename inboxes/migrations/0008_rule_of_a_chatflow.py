from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inboxes", "0007_inbox_settings"),
    ]

    operations = [
        migrations.AddField(
            model_name="routingrule",
            name="chatflow",
            field=models.BigIntegerField(blank=True, null=True, unique=True),
        ),
    ]
