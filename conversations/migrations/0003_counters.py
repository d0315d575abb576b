from django.db import migrations

# A conversation stands in zero, one or two buckets. The trigger adds +1 and -1 only when they change, so a message in
# an open conversation costs nothing; every way of changing one is counted, raw SQL included.
FORWARD = """
CREATE FUNCTION conversations_buckets(status text, spam_at timestamptz, trashed_at timestamptz,
                                      assignee_id bigint, team_id bigint) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN trashed_at IS NOT NULL THEN ARRAY['trash']
        WHEN spam_at IS NOT NULL THEN ARRAY['spam']
        WHEN status = 'snoozed' THEN ARRAY['snoozed']
        WHEN status = 'open' AND assignee_id IS NULL AND team_id IS NULL THEN ARRAY['open', 'unassigned']
        WHEN status = 'open' THEN ARRAY['open']
        ELSE ARRAY[]::text[]
    END
$$;

CREATE FUNCTION conversations_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        INSERT INTO conversations_countdelta (workspace_id, inbox_id, bucket, n)
        SELECT OLD.workspace_id, OLD.inbox_id, b, -1 FROM unnest(conversations_buckets(
            OLD.status, OLD.spam_at, OLD.trashed_at, OLD.assignee_id, OLD.team_id)) b;
    END IF;
    IF TG_OP IN ('UPDATE', 'INSERT') THEN
        INSERT INTO conversations_countdelta (workspace_id, inbox_id, bucket, n)
        SELECT NEW.workspace_id, NEW.inbox_id, b, 1 FROM unnest(conversations_buckets(
            NEW.status, NEW.spam_at, NEW.trashed_at, NEW.assignee_id, NEW.team_id)) b;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER count_come_and_go AFTER INSERT OR DELETE ON conversations_conversation
FOR EACH ROW EXECUTE FUNCTION conversations_count();

CREATE TRIGGER count_moved AFTER UPDATE ON conversations_conversation FOR EACH ROW
WHEN (OLD.inbox_id <> NEW.inbox_id OR conversations_buckets(
        OLD.status, OLD.spam_at, OLD.trashed_at, OLD.assignee_id, OLD.team_id) <> conversations_buckets(
        NEW.status, NEW.spam_at, NEW.trashed_at, NEW.assignee_id, NEW.team_id))
EXECUTE FUNCTION conversations_count();

ALTER TABLE conversations_conversation SET (fillfactor = 70);
"""

BACKWARD = """
ALTER TABLE conversations_conversation RESET (fillfactor);
DROP TRIGGER count_moved ON conversations_conversation;
DROP TRIGGER count_come_and_go ON conversations_conversation;
DROP FUNCTION conversations_count();
DROP FUNCTION conversations_buckets(text, timestamptz, timestamptz, bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0002_isolation")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
