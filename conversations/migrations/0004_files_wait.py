import django.db.models.deletion
from django.db import migrations, models

from workspaces.isolation import SameWorkspaceKeys


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0002_isolation'),
        ('conversations', '0003_counters'),
        ('workspaces', '0002_isolation'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='attachment',
            name='file_of_a_message_or_a_comment',
        ),
        migrations.AddField(
            model_name='attachment',
            name='thumb_key',
            field=models.UUIDField(null=True, unique=True),
        ),
        migrations.AddField(
            model_name='attachment',
            name='uploader',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='workspaces.member'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='visitor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contacts.visitor'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('comment', None), ('message', None)), fields=['created_at'], name='files_that_wait'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('message', None), ('comment', None), _connector='OR'), name='file_of_one_message_or_comment'),
        ),
        SameWorkspaceKeys(
            "conversations_attachment",
            {"uploader_id": "workspaces_member", "visitor_id": "contacts_visitor"},
        ),
    ]
