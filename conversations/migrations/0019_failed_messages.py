from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0018_property_files")]

    operations = [
        # Small: most arrive. How each address fares counts them.
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                fields=["channel", "created_at"],
                condition=models.Q(("delivery", "failed")),
                name="messages_that_failed",
            ),
        ),
    ]
