from django.db import migrations

from workspaces.isolation import EnableIsolation, SameWorkspaceKeys


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0001_initial"),
        ("workspaces", "0002_isolation"),
    ]

    operations = [
        EnableIsolation("contacts_company"),
        EnableIsolation("contacts_contact"),
        EnableIsolation("contacts_contactaddress"),
        EnableIsolation("contacts_visitor"),
        SameWorkspaceKeys(
            "contacts_contact",
            {
                "company_id": "contacts_company",
                "owner_id": "workspaces_member",
            },
        ),
        SameWorkspaceKeys(
            "contacts_contactaddress",
            {
                "contact_id": "contacts_contact",
            },
        ),
        SameWorkspaceKeys(
            "contacts_visitor",
            {
                "contact_id": "contacts_contact",
            },
        ),
    ]
