from django.db import migrations, models

# Roll-ups made before have the hours of the whole only: they are made anew in the background, and whoever asks for the
# hours of somebody is answered from the facts until then. One made anew at this moment is so once more.
BEFORE = """
ALTER TABLE analytics_reading NO FORCE ROW LEVEL SECURITY;
UPDATE analytics_reading SET hours_kept = false;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE analytics_reading FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("analytics", "0011_facts_of_owners")]

    operations = [
        migrations.AddField(
            model_name="reading",
            name="hours_kept",
            field=models.BooleanField(db_default=True, default=True, null=True),
        ),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
    ]
