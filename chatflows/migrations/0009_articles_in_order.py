"""Answers stand in an order of the team's own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chatflows", "0008_where_surveys_stood")]

    operations = [
        migrations.AddField("article", "position", models.PositiveIntegerField(default=0)),
    ]
