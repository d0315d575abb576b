"""The socket says that there is something, to whom it concerns alone; what it is, the page asks."""

import pytest

from notifications.actions import mark_read, tell
from notifications.topics import Topic
from tests.factories import make_conversation
from tests.realtime.conftest import agent_line  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def test_only_who_is_told_is_rung_and_without_a_word(live, agent_line, acme, ben, yann):  # noqa: F811
    with agent_line(ben) as his, agent_line(yann) as hers:
        his.hear("ready")
        hers.hear("ready")
        with acme.scope():
            tell([ben], topic=Topic.REPLY, key="x", conversation=make_conversation(acme))
        assert his.hear("notified") == {"t": "notified"}
        assert hers.hears_nothing("notified")


def test_reading_in_one_tab_rings_the_others(live, agent_line, acme, ben):  # noqa: F811
    with acme.scope():
        tell([ben], topic=Topic.REPLY, key="x", conversation=make_conversation(acme))
    with agent_line(ben) as line:
        line.hear("ready")
        with acme.scope():
            mark_read(ben)
        assert line.hear("notified")


def test_what_is_rolled_back_rings_nobody(live, agent_line, acme, ben):  # noqa: F811
    with agent_line(ben) as line:
        line.hear("ready")
        with pytest.raises(RuntimeError), acme.scope():
            tell([ben], topic=Topic.REPLY, key="x", conversation=make_conversation(acme))
            raise RuntimeError
        assert line.hears_nothing("notified")
