"""A mail becomes a ticket, is answered, closed, and opened again by the customer (TK-5, TK-8, EM-9).

Everything that reacts runs as it does in the house: the whole queue, not only what tickets owe.
"""

from conversations.models import Conversation, Status
from conversations.receive import receive
from events.models import ReactionDue
from events.tasks import run_one
from tests.factories import make_mail
from tickets.models import Role, Ticket
from tickets.pipelines import stage_with


def work_off(house) -> None:
    with house.scope():
        while due := list(
            ReactionDue.objects.filter(attempts=0).order_by("pk").values_list("workspace_id", "pk")
        ):
            for workspace_id, pk in due:
                run_one(workspace_id, pk)


def test_a_lamp_that_flickers(acme, ben, client_of):
    agent = client_of(ben)
    with acme.scope():
        mail = make_mail(acme)
        conversation = Conversation.objects.get(pk=receive(mail).conversation_id)
    work_off(acme)
    with acme.scope():
        ticket = Ticket.objects.select_related("pipeline", "stage", "owner").get()
        stages = {role: stage_with(ticket.pipeline, role) for role in Role.values}
    assert ticket.stage == stages["new"] and ticket.contact_id == conversation.contact_id

    def now() -> Ticket:
        work_off(acme)
        with acme.scope():
            return Ticket.objects.select_related("stage", "owner").get(pk=ticket.pk)

    said = {"mode": "reply", "body": "Turn the dimmer off and on."}
    assert agent.post(f"/w/acme/conversations/{conversation.pk}/replies/", said).status_code < 400
    answered = now()
    assert answered.stage == stages["contact"] and answered.owner == ben and answered.first_reply_at

    page = f"/w/acme/tickets/{ticket.number}/"
    assert "Dimmer flickers" in agent.get(page).content.decode()
    closed = agent.post(f"{page}stage/", {"stage": stages["closed"].pk})
    assert closed.status_code < 400
    assert now().closed_at
    with acme.scope():
        assert Conversation.objects.get(pk=conversation.pk).status == Status.CLOSED
        receive(make_mail(acme, "It flickers again.", in_reply_to=(mail.external_id,)))
    opened = now()
    assert (opened.stage, opened.closed_at, opened.owner) == (stages["us"], None, ben)
    with acme.scope():
        assert Conversation.objects.get(pk=conversation.pk).status == Status.OPEN
        assert Ticket.objects.count() == 1
