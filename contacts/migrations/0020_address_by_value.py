from django.db import migrations, models


class Migration(migrations.Migration):
    """Whose address it is, is asked for each mail that comes in: one row is read, not all of the workspace."""

    dependencies = [("contacts", "0019_when_changed")]

    operations = [
        migrations.AddIndex(
            "contactaddress",
            models.Index(fields=["workspace", "kind", "value"], name="address_by_value"),
        )
    ]
