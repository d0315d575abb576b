from django.db import migrations

from workspaces.isolation import EnableIsolation, SameWorkspaceKeys

TABLES = [
    "pipeline", "stage", "ticket", "ticketteam", "ticketcounter", "ticketconversation", "ticketcomment", "ticketlink",
    "ticketmerge", "ticketcount", "ticketevent",
]
REFERENCES = {
    "stage": {"pipeline_id": "tickets_pipeline"},
    "ticket": {
        "pipeline_id": "tickets_pipeline",
        "stage_id": "tickets_stage",
        "owner_id": "workspaces_member",
        "contact_id": "contacts_contact",
        "company_id": "contacts_company",
        "inbox_id": "inboxes_inbox",
        "parent_id": "tickets_ticket",
        "merged_into_id": "tickets_ticket",
    },
    "ticketteam": {"ticket_id": "tickets_ticket", "team_id": "workspaces_team"},
    "ticketconversation": {"ticket_id": "tickets_ticket", "conversation_id": "conversations_conversation"},
    "ticketcomment": {"ticket_id": "tickets_ticket", "author_id": "workspaces_member"},
    "ticketlink": {"a_id": "tickets_ticket", "b_id": "tickets_ticket"},
    "ticketmerge": {"kept_id": "tickets_ticket", "other_id": "tickets_ticket", "by_id": "workspaces_member"},
    "ticketevent": {"ticket_id": "tickets_ticket", "event_id": "events_event"},
    "ticketcount": {"stage_id": "tickets_stage", "inbox_id": "inboxes_inbox"},
}
# What a column of the board counts. Only a change of stage, inbox or presence costs a row.
COUNT = """
CREATE FUNCTION tickets_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') AND OLD.deleted_at IS NULL AND OLD.merged_into_id IS NULL THEN
        INSERT INTO tickets_ticketcount (workspace_id, stage_id, inbox_id, n)
        VALUES (OLD.workspace_id, OLD.stage_id, OLD.inbox_id, -1);
    END IF;
    IF TG_OP IN ('UPDATE', 'INSERT') AND NEW.deleted_at IS NULL AND NEW.merged_into_id IS NULL THEN
        INSERT INTO tickets_ticketcount (workspace_id, stage_id, inbox_id, n)
        VALUES (NEW.workspace_id, NEW.stage_id, NEW.inbox_id, 1);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER count_come_and_go AFTER INSERT OR DELETE ON tickets_ticket
FOR EACH ROW EXECUTE FUNCTION tickets_count();

CREATE TRIGGER count_moved AFTER UPDATE ON tickets_ticket FOR EACH ROW
WHEN (OLD.stage_id <> NEW.stage_id OR OLD.inbox_id IS DISTINCT FROM NEW.inbox_id
      OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)
      OR (OLD.merged_into_id IS NULL) <> (NEW.merged_into_id IS NULL))
EXECUTE FUNCTION tickets_count();
"""
UNCOUNT = """
DROP TRIGGER count_moved ON tickets_ticket;
DROP TRIGGER count_come_and_go ON tickets_ticket;
DROP FUNCTION tickets_count();
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]

    operations = [
        *[EnableIsolation(f"tickets_{table}") for table in TABLES],
        *[SameWorkspaceKeys(f"tickets_{table}", columns) for table, columns in REFERENCES.items()],
        migrations.RunSQL(COUNT, UNCOUNT),
    ]
