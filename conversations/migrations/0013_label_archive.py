from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0012_samples'),
    ]

    operations = [
        migrations.AddField(
            model_name='conversationdetail',
            name='custom',
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name='label',
            name='archived_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='conversationlabel',
            index=models.Index(fields=['label', 'conversation'], name='conversations_of_label'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('status', 'closed')), fields=['workspace', 'closed_at'], name='closed_by_age'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(fields=['workspace', 'created_at'], name='files_by_age'),
        ),
    ]
