"""What happens to conversations when something happens to people."""

from functools import partial

from django.db import transaction
from django.db.models import Count, F

from contacts.models import Contact
from conversations import leaving
from conversations.files import forget_bytes
from conversations.models import Conversation, StoredFile


def release_conversations_of(member, by, **told) -> None:
    """AC-7: what somebody who left had open goes on at once where it is little, else in the background."""
    if leaving.hand_over(member, by=by):
        from conversations.tasks import hand_over

        transaction.on_commit(partial(hand_over.delay, member.workspace_id, member.pk), robust=True)


def count_open_of(members: list[int], **told) -> dict[int, int]:
    rows = Conversation.objects.open().filter(assignee__in=members)
    return dict(rows.values_list("assignee").annotate(n=Count("pk")).order_by())


def forget_bytes_of(instance: StoredFile, **told) -> None:
    """However a file's row goes (swept, or with its conversation), its bytes go once that is certain."""
    transaction.on_commit(lambda: forget_bytes(instance), robust=True)


def rename_conversations_of(sender, contacts: list[int], **told) -> None:
    """Lists carry a copy of the contact's name and company: it follows."""
    for contact in Contact.objects.select_related("company").filter(pk__in=contacts):
        name = contact.called[:200]
        org = contact.company.name[:200] if contact.company else ""
        theirs = Conversation.objects.filter(contact=contact).exclude(contact_name=name, contact_org=org)
        theirs.update(contact_name=name, contact_org=org, version=F("version") + 1)
