"""What setting up promises, by plain requests as an admin and an agent make them."""

from dataclasses import replace

from contacts.models import Contact
from conversations.models import Conversation
from conversations.receive import receive
from events.models import ReactionDue
from inboxes.addresses import fallback_of
from inboxes.models import Channel, Inbox
from notifications.models import Notification
from notifications.reactions import notify
from tests.channels_app.mails import bring, mail
from tests.factories import make_mail, make_member


def keep_promises() -> None:
    """What is owed to what happened, as a worker does it after commit."""
    ours = f"{notify.__module__}.{notify.__name__}"
    for due in ReactionDue.objects.filter(name=ours).select_related("event").order_by("event"):
        notify(due.event)


def page(client, path: str) -> str:
    return client.get(f"/w/acme/{path}").content.decode()


def comes_in(house, **told) -> Conversation:
    return Conversation.objects.get(pk=receive(make_mail(house, **told)).conversation_id)


def test_an_inbox_asks_for_a_name_and_for_members(acme, ada, ben, client_of):
    """IN-2, AC-1: a name and somebody; a channel can wait. Who is not named does not see it."""
    admin = client_of(ada)
    refused = admin.post("/w/acme/settings/inboxes/new/", {"name": "Sales", "who": "named"})
    assert refused.status_code == 422 and 'value="Sales"' in refused.content.decode()
    named = {"name": "Sales", "who": "named", "members": [ada.pk], "first": ""}
    made = admin.post("/w/acme/settings/inboxes/new/", named, follow=True)
    assert made.status_code == 200 and "Sales" in made.content.decode()
    with acme.scope():
        sales = Inbox.objects.get(name="Sales")
        assert not Inbox.objects.worked_by(ben).filter(pk=sales.pk).exists()
        assert Inbox.objects.worked_by(ada).filter(pk=sales.pk).exists()


def test_sales_and_support_are_kept_apart(acme, ada, ben, client_of):
    """IN-3, AC-1: two inboxes, each with its people; an admin reads the one they do not work in, and does not act."""
    admin, agent = client_of(ada), client_of(ben)
    admin.post("/w/acme/settings/inboxes/new/", {"name": "Sales", "who": "named", "members": [ben.pk]})
    with acme.scope():
        sales = Inbox.objects.get(name="Sales")
        ours = comes_in(acme, subject="Lamp broken")
        theirs = comes_in(acme, subject="A price for forty", address="eve@oak.example")
        Conversation.objects.filter(pk=theirs.pk).update(inbox=sales)
        cy = make_member(acme.workspace, "cy@acme.example", "Cy Support")
    seen = page(agent, "inbox/open/")
    assert "Lamp broken" in seen and "A price for forty" in seen
    support = client_of(cy)
    assert "A price for forty" not in page(support, "inbox/open/")
    assert support.get(f"/w/acme/inbox/open/{theirs.pk}/").status_code == 404
    assert admin.get(f"/w/acme/inbox/open/{theirs.pk}/").status_code == 200
    assert admin.post(f"/w/acme/conversations/{theirs.pk}/replies/", {"body": "Hello"}).status_code == 404
    assert support.post(f"/w/acme/conversations/{ours.pk}/replies/", {"body": "Hello"}).status_code == 302


def test_everybody_chooses_what_they_hear_of(acme, ada, ben, client_of):
    """NO-1, NO-3: a choice holds for its person; who chose nothing follows the workspace."""
    agent = client_of(ben)
    assert agent.get("/w/acme/settings/notifications/").status_code == 200
    chosen = {"cells": [], "switches": ["bell", "popup", "browser", "email", "sound"]}
    assert agent.post("/w/acme/settings/notifications/", chosen).status_code == 302
    with acme.scope():
        comes_in(acme)
        keep_promises()
        heard = set(Notification.objects.values_list("member_id", flat=True))
    assert ada.pk in heard and ben.pk not in heard


def test_filters_keep_the_inbox_tidy(acme, ada, client_of):
    """SP-1, SP-2, SP-7: who is denied goes to Spam and makes no contact; who is allowed is never set aside."""
    admin = client_of(ada)
    for which, who in (("deny", "junk.example"), ("allow", "boss@junk.example")):
        admin.post("/w/acme/settings/filters/senders/", {"list": which, "senders": who})
    writers = (("Cheap watches", "Eve <eve@junk.example>"), ("Call me back", "Boss <boss@junk.example>"))
    for subject, sender in writers:
        bring(acme, mail(subject=subject, sender=sender))
    with acme.scope():
        assert not Contact.objects.filter(addresses__value="eve@junk.example").exists()
    tidy = page(admin, "inbox/open/")
    assert "Call me back" in tidy and "Cheap watches" not in tidy
    assert "Cheap watches" in page(admin, "inbox/spam/")


def test_an_inbox_without_an_address_still_takes_mail(acme, ada, client_of):
    """FB-1, FB-2: a new inbox has an address of ours from birth, which can be neither paused nor disconnected."""
    admin = client_of(ada)
    admin.post("/w/acme/settings/inboxes/new/", {"name": "Sales", "who": "everyone"})
    with acme.scope():
        sales = Inbox.objects.get(name="Sales")
        own = fallback_of(sales)
        receive(replace(make_mail(acme, subject="Forty lamps", address="eve@oak.example"), channel=own))
    assert own.identifier in page(admin, f"settings/mail/{own.pk}/")
    assert "Forty lamps" in page(admin, "inbox/open/")
    admin.post(f"/w/acme/settings/channels/{own.pk}/activity/", {})
    admin.post(f"/w/acme/settings/channels/{own.pk}/disconnection/", {})
    with acme.scope():
        kept = Channel.objects.get(pk=own.pk)
    assert kept.paused_at is None and kept.disconnected_at is None
