"""TK-10: a property that holds a file, of contacts, conversations and tickets."""

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contacts.custom import answered, define, fillable, in_words
from contacts.models import Contact, PropertyChange
from conversations.conditions_custom import key_of, own
from conversations.models import Conversation, ConversationDetail, PropertyFile
from inboxes.actions import create_inbox
from tests.factories import make_conversation, make_ticket
from tests.fetched import bytes_of
from tests.pictures import PDF, upload
from tickets.models import Ticket


def path(name: str, *args) -> str:
    return reverse(name, args=["acme", *args])


def pdf(name: str = "contract.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def make(about: str):
    return define(about=about, sort="file", label="Contract")


def test_a_file_is_brought_shown_replaced_and_removed(
    acme, ada, client_of, django_capture_on_commit_callbacks
):
    with acme.scope():
        one = make("contact")
        contact = make_conversation(acme).contact
    client, url, name = client_of(ada), path("contacts:own", contact.pk), f"contact-{one.key}"
    assert client.post(url, {name: pdf()}).status_code == 302
    with acme.scope():
        first = PropertyFile.objects.get()
        assert first.contact_id == contact.pk and first.uploader == ada
        assert in_words(one, Contact.objects.get(pk=contact.pk).custom[one.key]) == "contract.pdf"
    link = path("conversations:own_file", first.storage_key)
    page = client.get(path("contacts:show", contact.pk)).text
    assert link in page and "contract.pdf" in page
    assert link in client.get(url).text
    got = client.get(link)
    assert bytes_of(got) == PDF and "attachment" in got["Content-Disposition"]
    assert got["X-Content-Type-Options"] == "nosniff"

    # Saved without another file, it stays; with another, the first goes, bytes and all.
    client.post(url, {})
    assert client.get(link).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, {name: upload("shade.png")})
    with acme.scope():
        second = PropertyFile.objects.get()
    assert second.name == "shade.png" and not default_storage.exists(first.path)
    assert client.get(link).status_code == 404
    thumb = client.get(path("conversations:own_thumb", second.storage_key))
    assert thumb["Content-Type"] == "image/webp"

    client.post(url, {f"{name}-clear": "on"})
    with acme.scope():
        assert Contact.objects.get(pk=contact.pk).custom == {} and not PropertyFile.objects.exists()
        told = list(PropertyChange.objects.order_by("pk").values_list("before", "after"))
        assert told == [("", "contract.pdf"), ("contract.pdf", "shade.png"), ("shade.png", "")]


def test_it_is_looked_at_before_it_is_kept(acme, ada, client_of):
    with acme.scope():
        one = make("contact")
        contact = make_conversation(acme).contact
    bad = client_of(ada).post(
        path("contacts:own", contact.pk), {f"contact-{one.key}": SimpleUploadedFile("a.exe", b"MZ....")}
    )
    assert bad.status_code == 422 and "Programs are not accepted" in bad.text
    with acme.scope():
        assert not PropertyFile.objects.exists()


def test_of_a_ticket_and_a_conversation_it_is_for_who_may_see_them(acme, globex, ada, ben, client_of):
    """T049: asked anew at each download."""
    with acme.scope():
        of_ticket, of_line = make("ticket"), make("conversation")
        conversation, ticket = make_conversation(acme), make_ticket(acme)
    client = client_of(ada)
    client.post(path("tickets:custom", ticket.number), {f"ticket-{of_ticket.key}": pdf()})
    client.post(path("conversations:custom", conversation.pk), {f"conversation-{of_line.key}": pdf()})
    with acme.scope():
        links = [
            path("conversations:own_file", one.storage_key) for one in PropertyFile.objects.order_by("pk")
        ]
        ticket.refresh_from_db()
        held = ConversationDetail.objects.get(conversation=conversation).custom[of_line.key]
        assert ticket.custom[of_ticket.key]["name"] == held["name"] == "contract.pdf"
    assert links[0] in client.get(path("tickets:show", ticket.number)).text
    assert "Contract" in client.get(path("tickets:show", ticket.number)).text
    assert links[1] in client.get(path("conversations:custom", conversation.pk)).text
    other = client_of(ben)
    assert [other.get(link).status_code for link in links] == [200, 200]
    with acme.scope():
        elsewhere = create_inbox(name="Sales", members=[ada])
        Conversation.objects.filter(pk=conversation.pk).update(inbox=elsewhere)
        Ticket.objects.filter(pk=ticket.pk).update(inbox=elsewhere)
    assert [other.get(link).status_code for link in links] == [404, 404]
    with acme.scope():
        ticket.delete()
        assert PropertyFile.objects.count() == 1


def test_it_is_offered_where_somebody_can_bring_one(in_acme):
    one = make("contact")
    assert fillable("contact") == []
    assert answered("contact", {one.key: ["x"]}) == {}
    assert own(key_of(one))[0] == ("yes", "no")
