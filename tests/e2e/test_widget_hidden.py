"""T082 in a real panel: what is not for the visitor is neither drawn nor asked for again."""

import pytest
from playwright.sync_api import expect

from conversations.models import Conversation
from conversations.receive import receive
from tests.e2e.visitor import answer, received, wait_for
from tests.factories import make_mail

pytestmark = pytest.mark.browser


def test_somebody_elses_mail_leaves_no_trace_and_no_gap(acme, ben, chat):
    chat.visit().ask().write("Is it dimmable?")
    wait_for(lambda: len(received(acme)), 1)
    asked: list[str] = []
    chat.page.on("request", lambda request: asked.append(request.url))
    with acme.scope():
        conversation = Conversation.objects.get()
        mail = make_mail(acme, "Your code is 4242", address="no-reply@service.example")
        mail = receive(type(mail)(**(vars(mail) | {"token_conversation": conversation.pk})))
    assert mail.conversation_id == conversation.pk
    answer(acme, ben, "Yes, it is.")
    expect(chat.bubble("Yes, it is.")).to_be_visible()
    chat.page.wait_for_timeout(1500)
    assert "4242" not in chat.panel.locator("body").inner_text()
    assert [said for said in chat.said() if not said.strip()] == []
    assert len(asked) < 5  # a gap would be asked for every second
