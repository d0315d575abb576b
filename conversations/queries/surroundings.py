"""What a page of one conversation shows beside its row, in one statement: asked one by one they were nine of its queries.

Written out: made of query sets this took longer in Python than in the database. It holds no rights, those of the row were
asked with the row, and the row policies bound it to the workspace.
"""

from django.db import connection
from django.utils import timezone

from contacts.merge import UNDO_WITHIN
from contacts.sight import sees_everybody, visible_to
from conversations.models import Conversation
from workspaces.models import Member

NAMES = (
    "mark_seq",
    "mark_labels",
    "merged_ids",
    "teams",
    "last_sender",
    "addresses",
    "merges",
    "card",
    "company_people",
    "has_comments",
    "has_drafts",
    "has_held",
)
SURROUNDINGS = """
    WITH here AS (
        SELECT %(pk)s::bigint AS id
        UNION ALL SELECT id FROM conversations_conversation WHERE merged_into_id = %(pk)s
    )
    SELECT
        (SELECT seq FROM conversations_readmark WHERE conversation_id = %(pk)s AND member_id = %(member)s),
        (SELECT json_agg(json_build_object('name', l.name, 'color', l.colour) ORDER BY l.name)
            FROM conversations_conversationlabel c JOIN conversations_label l ON l.id = c.label_id
            WHERE c.conversation_id = %(pk)s),
        (SELECT json_agg(id) FROM here WHERE id <> %(pk)s),
        (SELECT json_agg(json_build_object('pk', id, 'name', name) ORDER BY name)
            FROM workspaces_team WHERE workspace_id = %(workspace)s),
        (SELECT extra #>> '{mail,from,address}' FROM conversations_message
            WHERE conversation_id = %(pk)s AND direction = 'in' ORDER BY seq DESC LIMIT 1),
        (SELECT json_agg(json_build_object('pk', id, 'kind', kind, 'value', value, 'bounced_at', bounced_at,
                'bounce_reason', bounce_reason, 'avatar', avatar) ORDER BY id)
            FROM contacts_contactaddress WHERE contact_id = %(contact)s),
        (SELECT json_agg(json_build_object('pk', id, 'gone', gone) ORDER BY created_at DESC)
            FROM contacts_mergerecord WHERE kept_id = %(contact)s AND undone_at IS NULL AND created_at >= %(undoable)s),
        (SELECT properties::json FROM contacts_contactcard WHERE workspace_id = %(workspace)s ORDER BY id LIMIT 1),
        (SELECT count(*) FROM contacts_contact WHERE company_id = %(company)s),
        EXISTS (SELECT FROM conversations_comment WHERE conversation_id IN (SELECT id FROM here)),
        EXISTS (SELECT FROM conversations_draft WHERE conversation_id = %(pk)s),
        EXISTS (SELECT FROM conversations_scheduledreply WHERE conversation_id = %(pk)s)
"""
LISTS = {"mark_labels", "merged_ids", "teams", "addresses", "merges"}


def surround(conversation: Conversation, member: Member) -> Conversation:
    """Gives it NAMES; of drafts, comments and replies that wait only whether there are any, which most have not."""
    contact = conversation.contact
    given = {
        "pk": conversation.pk,
        "member": member.pk,
        "workspace": conversation.workspace_id,
        "contact": conversation.contact_id,
        "company": contact.company_id if contact else None,
        "undoable": timezone.now() - UNDO_WITHIN,
    }
    with connection.cursor() as cursor:
        cursor.execute(SURROUNDINGS, given)
        found = cursor.fetchone()
    for name, value in zip(NAMES, found, strict=True):
        setattr(conversation, name, (value or []) if name in LISTS else value)
    if given["company"] and not sees_everybody(member):  # AC-6
        theirs = visible_to(member).filter(company=given["company"], deleted_at=None)
        conversation.company_people = theirs.count()  # type: ignore[attr-defined]
    return conversation
