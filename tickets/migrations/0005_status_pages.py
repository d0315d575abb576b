"""Customers' own look at their tickets: which pipelines allow it, in which words, and the links."""

import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
from django.db import migrations, models

from workspaces.isolation import EnableIsolation, SameWorkspaceKeys

PASS = "tickets_ticketpass"


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0010_faces"),
        ("tickets", "0004_service_levels"),
        ("workspaces", "0011_no_demo_later"),
    ]

    operations = [
        migrations.AddField(
            "pipeline", "shows_customers", models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField(
            "stage",
            "customer_name",
            models.CharField(
                blank=True, db_default="", default="", max_length=60, verbose_name="Customers read"
            ),
        ),
        migrations.CreateModel(
            name="TicketPass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contacts.contact"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="workspaces.member",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passes",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("ticket", "contact"),
                        name="one_pass_a_person",
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        EnableIsolation(PASS),
        SameWorkspaceKeys(
            PASS,
            {
                "ticket_id": "tickets_ticket",
                "contact_id": "contacts_contact",
                "made_by_id": "workspaces_member",
            },
        ),
    ]
