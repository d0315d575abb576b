"""Those who left a bot, by the step at which they did: the list behind that number."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chatflows", "0009_articles_in_order")]

    operations = [
        migrations.AddIndex(
            model_name="flowsession",
            index=models.Index(
                "version",
                "step",
                models.F("ended_at").desc(),
                models.F("id").desc(),
                condition=models.Q(outcome="abandoned"),
                name="walks_left_at_a_step",
            ),
        ),
    ]
