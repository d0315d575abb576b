from django.db import migrations

from workspaces.isolation import SameWorkspaceKeys


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_status_pages"), ("conversations", "0018_property_files")]

    operations = [SameWorkspaceKeys("conversations_propertyfile", {"ticket_id": "tickets_ticket"})]
