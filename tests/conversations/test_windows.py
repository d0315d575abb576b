"""FM-6: how long a conversation can still be answered, where its kind of channel closes after a while."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Conversation, Message
from conversations.queries import page_of, rows_for
from conversations.queries.views import get_view
from conversations.receive import Inbound, receive
from conversations.windows import short
from tests.factories import make_conversation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("minutes", "words"), [(-5, "0m"), (59, "59m"), (60, "1h"), (47 * 60 + 59, "47h"), (6 * 1440 + 5, "6d")]
)
def test_the_time_left_in_a_word(minutes, words):
    assert short(timedelta(minutes=minutes)) == words


def test_the_list_says_how_long_each_stays_open(acme, ben, client_of, django_assert_num_queries):
    ages = {"Fresh": 2, "People": 30, "Late": 200}
    with acme.scope():
        made = {}
        for name, hours in ages.items():
            came = receive(Inbound(acme.messenger, name, address=f"77{hours}", name=name, external_id=name))
            made[name] = Conversation.objects.get(pk=came.conversation_id)
        made["Chat"] = make_conversation(acme)
        for name, hours in ages.items():
            Message.objects.filter(conversation=made[name]).update(
                created_at=timezone.now() - timedelta(hours=hours, minutes=1)
            )
        page = page_of(get_view("unassigned"), ben)
        rows = {row.pk: row.window for row in [*page.yours, *page.theirs]}
        found = {name: rows[one.pk] and (rows[one.pk].state, rows[one.pk].left) for name, one in made.items()}
        assert found == {
            "Fresh": ("anybody", "21h"),
            "People": ("people", "5d"),
            "Late": ("closed", "0m"),
            "Chat": None,
        }
        with django_assert_num_queries(1):  # what has no window asks nothing more
            rows_for([made["Chat"]], ben)
    html = client_of(ben).get("/w/acme/inbox/unassigned/", follow=True).content.decode()
    assert html.count("data-left>") == 2
    assert "Too late to answer" in html
