"""With which conversations one may be merged: those of the same person, or those that are looked for."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from conversations.models import Conversation
from workspaces.models import Member

MOST = 12
WITHIN = timedelta(days=180)


def candidates_for(conversation: Conversation, member: Member, q: str) -> list[Conversation]:
    """Those the member works on, newest first; a search looks at names and subjects of the last half year."""
    rows = Conversation.objects.worked_by(member).present().exclude(pk=conversation.pk)
    q = q.strip()[:100]
    if q.lstrip("#").isdecimal():
        return list(rows.filter(pk=q.lstrip("#")[:15]))
    if q:
        rows = rows.filter(last_activity_at__gt=timezone.now() - WITHIN)
        rows = rows.filter(Q(contact_name__icontains=q) | Q(subject__icontains=q))
    elif conversation.contact_id or conversation.visitor_id:
        same = Q(contact=conversation.contact_id) if conversation.contact_id else Q(pk=None)
        rows = rows.filter(same | Q(visitor=conversation.visitor_id, visitor__isnull=False))
    else:
        return []
    return list(rows.newest_first()[:MOST])
