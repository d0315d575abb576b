"""Every inbox owns an address from birth (FB-1): those that were born without get theirs."""

import secrets

from django.conf import settings
from django.db import migrations
from django.utils.text import slugify

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def give(apps, schema_editor):
    Inbox, Channel = apps.get_model("inboxes", "Inbox"), apps.get_model("inboxes", "Channel")
    PublicAddress = apps.get_model("inboxes", "PublicAddress")
    for workspace_id in apps.get_model("workspaces", "Workspace").objects.values_list("pk", flat=True):
        with schema_editor.connection.cursor() as cursor:  # the row policy binds the owning role too
            cursor.execute("select set_config('parley.workspace', %s, true)", [str(workspace_id)])
        for inbox in Inbox.unscoped.filter(workspace_id=workspace_id):
            if Channel.unscoped.filter(inbox=inbox, kind="email", config__fallback=True).exists():
                continue
            slug = slugify(inbox.name)[:30].strip("-") or "inbox"
            address = f"{slug}-{''.join(secrets.choice(LETTERS) for _ in range(6))}@{settings.MAIL_DOMAIN}"
            config = {"fallback": True, "from_name": inbox.name, "from_style": "agent_and_company", "sends": False}
            channel = Channel.unscoped.create(
                workspace_id=workspace_id,
                inbox=inbox,
                kind="email",
                name=inbox.name,
                identifier=address,
                config=config,
            )
            PublicAddress.objects.create(
                kind="mail", value=address, workspace_id=workspace_id, channel_id=channel.pk
            )


class Migration(migrations.Migration):
    dependencies = [("inboxes", "0003_mail"), ("workspaces", "0002_isolation")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
