import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.manager
import django.utils.timezone
from django.db import migrations, models

from workspaces.isolation import EnableIsolation

ABOUT = [("contact", "Contact"), ("conversation", "Conversation"), ("ticket", "Ticket")]
SORTS = [
    ("text", "Text"), ("long", "Long text"), ("number", "Number"), ("date", "Date"), ("choice", "One of a list"),
    ("many", "Several of a list"), ("check", "Yes or no"), ("url", "Link"), ("email", "Email address"),
    ("phone", "Phone number"),
]


class Migration(migrations.Migration):

    dependencies = [
        ("contacts", "0005_search"),
        ("workspaces", "0006_audit"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="custom",
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.CreateModel(
            name="PropertyDefinition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.CharField(choices=ABOUT, max_length=12)),
                ("label", models.CharField(max_length=60)),
                ("sort", models.CharField(choices=SORTS, max_length=8)),
                ("options", models.JSONField(blank=True, default=list)),
                ("is_required", models.BooleanField(default=False)),
                ("in_sidebar", models.BooleanField(default=True)),
                ("position", models.PositiveSmallIntegerField(default=1)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("workspace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("workspace"), models.F("about"), django.db.models.functions.text.Lower("label"),
                        name="property_label_once",
                    ),
                    models.UniqueConstraint(fields=("workspace", "id"), name="contacts_propertydefinition_ws_id"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        EnableIsolation("contacts_propertydefinition"),
    ]
