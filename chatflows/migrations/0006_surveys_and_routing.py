"""What was asked about a conversation beside what was answered; and rooms below may name a chatflow by its id."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from workspaces.isolation import SameWorkspaceKeys

SURVEY = "chatflows_surveyanswer"
# (table below, its column, table of this room)
NAMED = (
    ("inboxes_routingrule", "chatflow", "chatflows_chatflow"),
    ("conversations_conversationdetail", "chatflow", "chatflows_chatflow"),
    ("conversations_conversationdetail", "flow_version", "chatflows_chatflowversion"),
)


def bound(table: str, column: str, target: str) -> migrations.RunSQL:
    """Only within one workspace; Django knows nothing of this key, so the database lets go of what is deleted."""
    name = f"{table}_{column}_same_ws"[:63]
    return migrations.RunSQL(
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (workspace_id, "{column}") '
        f'REFERENCES "{target}" (workspace_id, id) ON DELETE SET NULL ("{column}") DEFERRABLE INITIALLY DEFERRED',
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
    )


class Migration(migrations.Migration):
    dependencies = [
        ("chatflows", "0005_meetings"),
        ("conversations", "0016_chatflow_met"),
        ("inboxes", "0008_rule_of_a_chatflow"),
        ("workspaces", "0011_no_demo_later"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="surveyanswer", name="survey_answers_by_day"),
        migrations.RenameField(model_name="surveyanswer", old_name="at", new_name="answered_at"),
        migrations.AlterField(
            model_name="surveyanswer", name="answered_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="surveyanswer",
            name="asked_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.RunSQL(
            f"ALTER TABLE {SURVEY} NO FORCE ROW LEVEL SECURITY; "
            f"UPDATE {SURVEY} SET asked_at = answered_at; "
            f"ALTER TABLE {SURVEY} FORCE ROW LEVEL SECURITY",
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            model_name="surveyanswer",
            name="channel_kind",
            field=models.CharField(db_default="chat", default="chat", max_length=20),
        ),
        migrations.AddField(
            model_name="surveyanswer",
            name="agent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workspaces.member",
            ),
        ),
        migrations.AddField(
            model_name="surveyanswer",
            name="version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="chatflows.chatflowversion",
            ),
        ),
        migrations.AlterField(
            model_name="surveyanswer", name="score", field=models.PositiveSmallIntegerField(null=True)
        ),
        migrations.AddIndex(
            model_name="surveyanswer",
            index=models.Index(fields=["workspace", "answered_at"], name="survey_answers_by_day"),
        ),
        migrations.AddIndex(
            model_name="surveyanswer",
            index=models.Index(fields=["workspace", "asked_at"], name="surveys_asked_by_day"),
        ),
        migrations.AddConstraint(
            model_name="surveyanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(answered_at=None, score=None)
                | models.Q(answered_at__isnull=False, score__isnull=False),
                name="a_vote_has_a_time",
            ),
        ),
        SameWorkspaceKeys(
            SURVEY, {"agent_id": "workspaces_member", "version_id": "chatflows_chatflowversion"}
        ),
        *(bound(*one) for one in NAMED),
    ]
