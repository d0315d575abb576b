from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workspaces', '0009_heir'),
    ]

    operations = [
        migrations.AddField(
            model_name='workspace',
            name='sso_domains',
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name='workspace',
            name='sso_required_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
