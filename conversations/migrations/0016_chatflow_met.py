from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0015_bulk_refused"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversationdetail",
            name="chatflow",
            field=models.BigIntegerField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="conversationdetail",
            name="flow_version",
            field=models.BigIntegerField(null=True),
        ),
    ]
