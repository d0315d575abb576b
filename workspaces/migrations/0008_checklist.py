from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0007_flips")]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="checklist_hidden_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
