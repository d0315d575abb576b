from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0011_macros_and_priority")]

    operations = [
        migrations.AddField(
            model_name="conversationdetail",
            name="is_sample",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="conversationdetail",
            index=models.Index(condition=models.Q(("is_sample", True)), fields=["workspace"], name="samples"),
        ),
    ]
