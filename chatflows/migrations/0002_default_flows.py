"""Every chat that stands gets the live chat it has been all along, as a chatflow."""

from django.db import migrations
from django.utils import timezone


def give(apps, schema_editor):
    Channel = apps.get_model("inboxes", "Channel")
    Chatflow, Version = apps.get_model("chatflows", "Chatflow"), apps.get_model("chatflows", "ChatflowVersion")
    for workspace_id in apps.get_model("workspaces", "Workspace").objects.values_list("pk", flat=True):
        with schema_editor.connection.cursor() as cursor:  # the row policy binds the owning role too
            cursor.execute("select set_config('parley.workspace', %s, true)", [str(workspace_id)])
        channels = Channel.unscoped.filter(workspace_id=workspace_id, kind="chat").select_related("inbox")
        for channel in channels.exclude(pk__in=Chatflow.unscoped.values("channel")):
            flow = Chatflow.unscoped.create(
                workspace_id=workspace_id,
                channel=channel,
                name=channel.name[:80],
                kind="live",
                position=1,
                template="welcome",
                language=channel.inbox.language,
            )
            version = Version.unscoped.create(
                workspace_id=workspace_id, chatflow=flow, number=1, published_at=timezone.now()
            )
            Chatflow.unscoped.filter(pk=flow.pk).update(published=version, status="live")


class Migration(migrations.Migration):
    dependencies = [("chatflows", "0001_flows"), ("inboxes", "0007_inbox_settings")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
