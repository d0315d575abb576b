from django.db import migrations, models

# As before, but what a bot has is nobody's to take yet: it is counted as the bots', not as unassigned (RT-10).
BUCKETS = """
CREATE OR REPLACE FUNCTION conversations_buckets(c conversations_conversation) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN c.merged_into_id IS NOT NULL THEN ARRAY[]::text[]
        WHEN c.trashed_at IS NOT NULL THEN ARRAY['trash']
        WHEN c.spam_at IS NOT NULL THEN ARRAY['spam']
        WHEN c.filtered_at IS NOT NULL THEN ARRAY['filtered']
        WHEN c.status = 'snoozed' THEN ARRAY['snoozed']
        WHEN c.status = 'open' AND c.bot_since IS NOT NULL
            THEN ARRAY['open', 'bots', 'open:' || left(c.channel_kind, 19)]
        WHEN c.status = 'open' AND c.assignee_id IS NULL AND c.team_id IS NULL
            THEN ARRAY['open', 'unassigned', 'open:' || left(c.channel_kind, 19)]
        WHEN c.status = 'open' THEN ARRAY['open', 'open:' || left(c.channel_kind, 19)]
        ELSE ARRAY[]::text[]
    END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0013_label_archive")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="bot_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(bot_since=None) | models.Q(assignee=None, team=None),
                name="a_bot_has_what_nobody_has",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                models.F("workspace"),
                models.F("last_activity_at").desc(),
                models.F("id").desc(),
                condition=models.Q(bot_since__isnull=False),
                name="with_a_bot",
            ),
        ),
        migrations.AlterField(
            model_name="routingdecision",
            name="occasion",
            field=models.CharField(
                choices=[
                    ("started", "Started"),
                    ("reopened", "Reopened"),
                    ("drained", "Drained"),
                    ("unanswered", "Unanswered"),
                    ("handover", "Handover"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunSQL(BUCKETS),  # one way
    ]
