from django.db import migrations

# To bring contacts in was part of taking data out: roles and members who may do the one keep the other.
ALSO = """
UPDATE {table} SET permissions = permissions || '["import_contacts"]'
WHERE permissions ? 'export' AND NOT permissions ? 'import_contacts'
"""
FORWARD = (
    "ALTER TABLE workspaces_ownrole NO FORCE ROW LEVEL SECURITY; "
    + ALSO.format(table="workspaces_ownrole")
    + "; ALTER TABLE workspaces_ownrole FORCE ROW LEVEL SECURITY; "
    + ALSO.format(table="workspaces_member")
)
WITHOUT = (
    "UPDATE {table} SET permissions = permissions - 'import_contacts' WHERE permissions ? 'import_contacts'"
)
BACKWARD = (
    "ALTER TABLE workspaces_ownrole NO FORCE ROW LEVEL SECURITY; "
    + WITHOUT.format(table="workspaces_ownrole")
    + "; ALTER TABLE workspaces_ownrole FORCE ROW LEVEL SECURITY; "
    + WITHOUT.format(table="workspaces_member")
)


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0011_no_demo_later")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
