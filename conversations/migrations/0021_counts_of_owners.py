from django.db import migrations, models

# As before, and what is open is counted for whoever owns it too: "mine:7". Only what changes is written, so that giving
# something to somebody else costs two rows. Nobody may write between the counting of what is there and the new trigger.
OWNERS = """
LOCK TABLE conversations_conversation IN SHARE ROW EXCLUSIVE MODE;

CREATE OR REPLACE FUNCTION conversations_buckets(c conversations_conversation) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN c.merged_into_id IS NOT NULL THEN ARRAY[]::text[]
        WHEN c.trashed_at IS NOT NULL THEN ARRAY['trash']
        WHEN c.spam_at IS NOT NULL THEN ARRAY['spam']
        WHEN c.filtered_at IS NOT NULL THEN ARRAY['filtered']
        WHEN c.status = 'snoozed' THEN ARRAY['snoozed']
        WHEN c.status = 'open' AND c.bot_since IS NOT NULL
            THEN ARRAY['open', 'bots', 'open:' || left(c.channel_kind, 19)]
        WHEN c.status = 'open' AND c.assignee_id IS NOT NULL
            THEN ARRAY['open', 'mine:' || c.assignee_id::text, 'open:' || left(c.channel_kind, 19)]
        WHEN c.status = 'open' AND c.team_id IS NULL
            THEN ARRAY['open', 'unassigned', 'open:' || left(c.channel_kind, 19)]
        WHEN c.status = 'open' THEN ARRAY['open', 'open:' || left(c.channel_kind, 19)]
        ELSE ARRAY[]::text[]
    END
$$;

CREATE OR REPLACE FUNCTION conversations_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.inbox_id = NEW.inbox_id THEN
        INSERT INTO conversations_countdelta (workspace_id, inbox_id, bucket, n)
        SELECT NEW.workspace_id, NEW.inbox_id, b, sum(step) FROM (
            SELECT unnest(conversations_buckets(OLD)) AS b, -1 AS step
            UNION ALL SELECT unnest(conversations_buckets(NEW)), 1
        ) AS steps GROUP BY b HAVING sum(step) <> 0;
        RETURN NULL;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        INSERT INTO conversations_countdelta (workspace_id, inbox_id, bucket, n)
        SELECT OLD.workspace_id, OLD.inbox_id, b, -1 FROM unnest(conversations_buckets(OLD)) b;
    END IF;
    IF TG_OP IN ('UPDATE', 'INSERT') THEN
        INSERT INTO conversations_countdelta (workspace_id, inbox_id, bucket, n)
        SELECT NEW.workspace_id, NEW.inbox_id, b, 1 FROM unnest(conversations_buckets(NEW)) b;
    END IF;
    RETURN NULL;
END
$$;

ALTER TABLE conversations_countdelta NO FORCE ROW LEVEL SECURITY;
ALTER TABLE conversations_conversation NO FORCE ROW LEVEL SECURITY;
INSERT INTO conversations_countdelta (workspace_id, inbox_id, bucket, n)
SELECT workspace_id, inbox_id, 'mine:' || assignee_id::text, count(*) FROM conversations_conversation
WHERE status = 'open' AND assignee_id IS NOT NULL AND trashed_at IS NULL AND spam_at IS NULL AND filtered_at IS NULL
    AND merged_into_id IS NULL
GROUP BY workspace_id, inbox_id, assignee_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE conversations_conversation FORCE ROW LEVEL SECURITY;
ALTER TABLE conversations_countdelta FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0020_company_properties")]

    operations = [
        migrations.RemoveIndex(model_name="conversation", name="longest_waiting"),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["workspace", "waiting_since", "id"],
                include=["inbox", "assignee", "bot_since"],
                condition=models.Q(
                    status="open",
                    spam_at=None,
                    filtered_at=None,
                    trashed_at=None,
                    merged_into=None,
                    waiting_since__isnull=False,
                ),
                name="longest_waiting",
            ),
        ),
        migrations.RunSQL(OWNERS),  # one way
    ]
