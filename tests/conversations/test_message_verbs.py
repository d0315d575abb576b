"""What can be done to a message, for those who have no scripts: a page of its own, which its menu leads to."""

from conversations.models import Conversation, Message
from tests.factories import make_conversation


def test_every_verb_of_a_message_works_without_scripts(client_of, acme, ada, ben, cleo):
    with acme.scope():
        conversation = make_conversation(acme)
        message = conversation.messages.get()
    here = f"/w/acme/conversations/{conversation.pk}/"
    page = f"{here}messages/{message.pk}/verbs/"
    assert (
        f'<noscript><a class="menu__item" href="{page}">'
        in client_of(ben).get(here, follow=True).content.decode()
    )

    told = client_of(ben).get(page).content.decode()
    assert "The dimmer flickers." in told and f"{here}?message={message.pk}" in told
    assert "Remove for good" not in told  # Ben may not
    assert client_of(cleo).get(page).status_code == 404

    client = client_of(ada)
    assert "Remove for good" in client.get(page).content.decode()
    assert client.post(f"{here}unread/", {"seq": message.seq}).status_code == 302
    assert client.post(f"{here}messages/{message.pk}/split/").status_code == 302
    assert client.post(f"{here}messages/{message.pk}/redact/").status_code == 302
    with acme.scope():
        assert Conversation.objects.count() == 2 and Message.objects.get(pk=message.pk).redacted_at
    assert "Remove for good" not in client.get(page).content.decode()
