"""T145: a reply, a receipt, a delivery and a close at the same moment: serialised, nothing lost, nobody in a circle."""

import itertools

import pytest

from conversations import actions
from conversations.models import Conversation, Message, Status
from conversations.receive import Inbound, receive
from tests.conversations.test_receive import at_once
from tests.factories import make_visitor


@pytest.mark.django_db(transaction=True)
def test_everything_at_the_same_moment(acme, ada, ben):
    with acme.scope():
        visitor = make_visitor(acme)
        first = receive(Inbound(channel=acme.chat, visitor=visitor, body="Hello"))
        sent = actions.send_reply(Conversation.objects.get(), body="Hi", by=ben)
    turns = itertools.cycle(range(6))

    def do() -> None:
        turn = next(turns)
        with acme.scope():
            conversation = Conversation.objects.get(pk=first.conversation_id)
            if turn == 0:
                receive(Inbound(channel=acme.chat, visitor=visitor, body="And?"))
            elif turn == 1:
                actions.send_reply(conversation, body="Yes", by=ben)
            elif turn == 2:
                actions.mark_seen_by_visitor(conversation, delivered=sent.seq, seen=sent.seq)
            elif turn == 3:
                actions.mark_delivery(sent.message_id, "delivered")
            elif turn == 4:
                actions.assign(conversation, to=ada if conversation.assignee_id == ben.pk else ben, by=ada)
            else:
                actions.set_status(conversation, Status.CLOSED, by=ada)
                actions.comment(conversation, body="Closing", by=ada)

    at_once(36, do)
    with acme.scope():
        numbers = list(Message.objects.order_by("seq").values_list("seq", flat=True))
        assert numbers == list(range(1, 2 + 6 + 6 + 1))
