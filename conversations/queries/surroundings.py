"""What a page of one conversation shows beside its row, asked in the very statement that loads the row."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject

from contacts.merge import undoable
from contacts.models import ContactAddress, ContactCard
from conversations.models import Conversation, Direction, Message
from conversations.queries.lists import with_marks
from workspaces.models import Member, Team


def with_surroundings(rows, member: Member):
    """Adds the marks of a list's row and: `merged_ids`, `teams`, `last_sender`, `addresses`, `merges`, `card`.

    Each is small and found by an index; asked one by one they were nine of a thread's queries.
    """
    contact = OuterRef("contact")
    addresses = ContactAddress.objects.filter(contact=contact).order_by("pk")
    incoming = Message.objects.filter(conversation=OuterRef("pk"), direction=Direction.IN).order_by("-seq")
    return with_marks(rows, member).annotate(
        merged_ids=ArraySubquery(Conversation.objects.filter(merged_into=OuterRef("pk")).values("pk")),
        teams=ArraySubquery(Team.objects.order_by("name").values(told=JSONObject(pk="pk", name="name"))),
        last_sender=Subquery(incoming.values(told=KT("extra__mail__from__address"))[:1]),
        addresses=ArraySubquery(
            addresses.values(
                told=JSONObject(
                    pk="pk",
                    kind="kind",
                    value="value",
                    bounced_at="bounced_at",
                    bounce_reason="bounce_reason",
                )
            )
        ),
        merges=ArraySubquery(undoable(contact).values(told=JSONObject(pk="pk", gone="gone"))),
        card=Subquery(ContactCard.objects.order_by("pk").values("properties")[:1]),
    )
