from conversations.actions import assign, set_status
from conversations.models import Conversation, Status
from events.models import Event
from inboxes.actions import create_inbox
from inboxes.models import InboxAccess
from tests.factories import make_conversation
from workspaces.actions import deactivate


def test_what_somebody_who_left_had_open_waits_for_anybody(in_acme, ada, ben):
    """AC-7."""
    held = make_conversation(in_acme, external_id="<1@x>")
    done = make_conversation(in_acme, external_id="<2@x>")
    for conversation in (held, done):
        assign(conversation, to=ben, by=ada)
    set_status(done, Status.CLOSED, by=ben)
    deactivate(ben, by=ada)
    assert Conversation.objects.get(pk=held.pk).assignee is None
    assert Conversation.objects.get(pk=done.pk).assignee == ben, "closed ones keep the name"
    assert Event.objects.filter(payload__reason="member_left").count() == 1


def test_access_given_by_name_goes_with_them(in_acme, ada, ben):
    create_inbox(name="Sales", members=[ada, ben])
    deactivate(ben, by=ada)
    assert list(InboxAccess.objects.values_list("member", flat=True)) == [ada.pk]
