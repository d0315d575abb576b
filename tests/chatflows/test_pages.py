"""The pages of chatflows: list, new, target, display, options, versions, trying an address."""

import pytest

from chatflows import actions
from chatflows.models import Chatflow, FlowSettings, FlowStatus
from inboxes.actions import connect_channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client_of, ada):
    return client_of(ada)


@pytest.fixture
def flow(acme, ada):
    with acme.scope():
        made = actions.create_beside_default(
            acme.chat, template="blank", name="Greeter", language="en", by=ada
        )
        return actions.publish(made, by=ada)


def page(client, path, **asked):
    answer = client.get(f"/w/acme/chatflows/{path}", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client, path, **sent):
    return client.post(f"/w/acme/chatflows/{path}", sent, follow=True)


def test_a_new_one_is_made_from_a_template_and_does_not_take_the_chat_away(admin, acme):
    """CF-2; what the channel showed before goes on below it."""
    assert "plain live chat" in page(admin, "")
    form = page(admin, "new/", channel=acme.chat.pk)
    assert "Qualify leads" in form
    sent = {"channel": acme.chat.pk, "template": "qualify", "name": "", "language": "fr"}
    assert send(admin, "new/", **sent).status_code == 200
    with acme.scope():
        names = list(Chatflow.objects.in_order().values_list("name", "status", "language"))
    assert names == [("Qualify leads", "draft", "fr"), ("Website", "live", "en")]
    assert "Qualify leads" in page(admin, "")


def test_the_plain_chat_is_changed_like_any_other(admin, acme):
    assert "Change this live chat" in page(admin, "")
    for _twice in range(2):
        shown = send(admin, f"of/{acme.chat.pk}/plain/")
        assert shown.status_code == 200 and shown.resolver_match.view_name == "chatflows:options"
    with acme.scope():
        assert [flow.status for flow in Chatflow.objects.all()] == ["live"]
    assert send(admin, f"of/{acme.messenger.pk}/plain/").status_code == 404


def test_a_template_of_another_kind_of_channel_is_refused(admin, acme):
    sent = {"channel": acme.messenger.pk, "template": "welcome", "name": "x", "language": "en"}
    answer = send(admin, "new/", **sent)
    assert answer.status_code == 422 and "not for this channel" in answer.content.decode()


def test_the_list_warns_of_one_that_never_shows(admin, acme, flow):
    """TG-7."""
    assert "It never shows: “Greeter” stands above it" in page(admin, "")
    send(admin, f"{flow.pk}/place/", to="bottom")
    assert "It never shows: “Website” stands above it" in page(admin, "")


def test_addresses_are_tried_on_what_stands_on_pages(admin, acme):
    """A page of Messenger has none."""
    with acme.scope():
        connect_channel(acme.chat.inbox, kind="messenger", name="Our Facebook page", identifier="page-1")
    assert "Our Facebook page" not in page(admin, "try/")
    assert "Our Facebook page" in page(admin, "new/")


def test_a_chatflow_of_messenger_is_met_by_messages_and_not_by_pages(admin, acme, ada):
    """FM-3."""
    with acme.scope():
        first, second = (
            actions.create(acme.messenger, template="qualify", name=name, language="en", by=ada)
            for name in ("First", "Second")
        )
        for flow in (first, second):
            actions.publish(flow, by=ada)
        actions.make_primary(first)
    shown = page(admin, f"{first.pk}/build/")
    assert "Somebody writes to your Messenger page" in shown and "flow-tab-target" not in shown
    assert "On phones" not in shown
    assert "Somebody comes by its link" in page(admin, f"{second.pk}/build/")
    tried = page(admin, f"{first.pk}/simulator/")
    assert "sim-page" not in tried and "sim-email" in tried and "looks as Messenger does" in tried
    assert "It never shows" not in page(admin, "")


def test_a_live_chat_completes_nothing(admin, acme, flow):
    """Its line in the list and its versions tell of what it has: shown, opened, started."""
    with acme.scope():
        chat = Chatflow.objects.get(kind="live")
    shown = page(admin, "")
    assert "started 0, completed 0</small>" in shown and "started 0</small>" in shown
    assert "abandoned" not in page(admin, f"{chat.pk}/versions/")
    assert "abandoned" in page(admin, f"{flow.pk}/versions/")


def test_verbs_of_the_list(admin, acme, flow):
    for path, sent, status in (
        ("switch/", {"on": "0"}, FlowStatus.PAUSED),
        ("switch/", {"on": "1"}, FlowStatus.LIVE),
        ("archive/", {}, FlowStatus.ARCHIVED),
        ("archive/", {"back": "1"}, FlowStatus.PAUSED),
    ):
        assert send(admin, f"{flow.pk}/{path}", **sent).status_code == 200
        with acme.scope():
            assert Chatflow.objects.get(pk=flow.pk).status == status
    send(admin, f"{flow.pk}/clone/")
    assert "Copy of Greeter" in page(admin, "")
    assert "Nothing is archived." in page(admin, "", archived="1")
    send(admin, "fall-through/", on="1")
    with acme.scope():
        assert FlowSettings.objects.get().fall_through_when_unavailable


def test_targeting_is_saved_in_the_draft_and_tried_when_published(admin, acme, flow):
    """TG-2 to TG-5, over plain forms."""
    page(admin, f"{flow.pk}/target/")
    sent = {
        "pages": "some",
        "show-op": ["begins", "contains"],
        "show-value": ["shop.example/lamps", ""],
        "show-name": ["", ""],
        "hide-op": ["param_is"],
        "hide-value": ["off"],
        "hide-name": ["chat"],
        "g0-field": ["country", ""],
        "g0-op": ["any_of", "any_of"],
        "g0-value": ["FR, BE", ""],
        "revision": "1",
    }
    more = admin.post(f"/w/acme/chatflows/{flow.pk}/target/", sent | {"more": "1"})
    assert more.status_code == 200 and more.content.decode().count("shop.example/lamps") == 1
    with acme.scope():
        assert not flow.versions.drafts().get().targeting
    send(admin, f"{flow.pk}/target/", **sent)
    with acme.scope():
        stored = flow.versions.drafts().get().targeting
    assert stored["show"] == [{"op": "begins", "value": "shop.example/lamps"}]
    assert stored["hide"] == [{"op": "param_is", "value": "off", "name": "chat"}]
    assert stored["visitor"]["any"][0]["all"] == [{"field": "country", "op": "any_of", "value": ["FR", "BE"]}]
    send(admin, f"{flow.pk}/publish/")
    asked = {"channel": acme.chat.pk, "address": "https://shop.example/lamps/3"}
    assert "“Greeter” shows" in page(admin, "try/", **asked, country="fr")
    away = page(admin, "try/", **asked, country="de")
    assert "“Website” shows" in away and "Country is one of FR, BE" in away
    hidden = page(admin, "try/", **asked | {"address": asked["address"] + "?chat=off"}, country="fr")
    assert "Hidden here" in hidden
    send(admin, f"{flow.pk}/target/", **sent | {"show-value": ["shop.example/new", ""], "revision": "1"})
    fresh = asked | {"address": "https://shop.example/new", "country": "fr"}
    assert "“Website” shows" in page(admin, "try/", **fresh)
    assert "“Greeter” shows" in page(admin, "try/", **fresh, drafts="on")
    send(admin, f"{flow.pk}/switch/", on="0")
    assert "“Website” shows" in page(admin, "try/", **fresh, drafts="on")  # what is switched off stays so
    assert 'role="alert"' not in page(admin, "try/", channel=acme.chat.pk, drafts="1")  # nothing is asked yet


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"pages": "some"}, "Say on which pages"),
        ({"pages": "some", "show-op": "is", "show-value": "/prices", "show-name": ""}, "lacks its site"),
        ({"g0-field": "device", "g0-op": "gt", "g0-value": "3"}, "cannot be asked like this"),
        ({"g0-field": "page_views", "g0-op": "between", "g0-value": "3"}, "two numbers"),
    ],
)
def test_mistakes_are_told_and_nothing_is_saved(admin, acme, flow, sent, said):
    answer = send(admin, f"{flow.pk}/target/", **sent)
    assert answer.status_code == 422 and said in answer.content.decode()
    with acme.scope():
        assert not flow.versions.drafts().get().targeting


def test_who_saves_second_is_told(admin, acme, ada, flow):
    with acme.scope():
        actions.save_draft(flow, revision=None, by=ada, targeting={"pages": "all"})
    answer = send(admin, f"{flow.pk}/target/", pages="all", revision="1")
    assert answer.status_code == 422 and "Ada Owner changed this draft meanwhile" in answer.content.decode()


def test_display_and_options(admin, acme, flow):
    """DS-1 to DS-4, DS-6, OP-1 to OP-6."""
    for tab in ("display", "options"):
        page(admin, f"{flow.pk}/{tab}/")
    send(admin, f"{flow.pk}/display/", opens="chat", seconds="5", scroll="", phone="hide", exit="on")
    options = {
        "custom_name": "Lumi",
        "availability": "hours",
        "typing_delay_ms": "800",
        "session_minutes": "60",
        "free_text_tries": "2",
        "consent": "explicit",
        "survey": "on",
    }
    send(admin, f"{flow.pk}/options/", **options)
    with acme.scope():
        draft = flow.versions.drafts().get()
    assert draft.display["triggers"] == {"exit": True, "seconds": 5, "scroll": None}
    assert (draft.options["availability"], draft.options["session_minutes"]) == ("hours", 60)
    assert draft.options["survey"] is True and draft.options["attachments"] is False


def test_options_of_a_live_chat(admin, acme, ada, flow):
    with acme.scope():
        live = acme.chat.chatflows.get(kind="live")
    assert "typing_delay_ms" not in page(admin, f"{live.pk}/options/")
    sent = {"welcome": "Hello!", "heading": "people", "people": [str(ada.pk)], "email_capture": "away"}
    sent |= {"email_after_minutes": "3", "consent": "none", "attachments": "on"}
    assert send(admin, f"{live.pk}/options/", **sent).status_code == 200
    with acme.scope():
        kept = live.versions.drafts().get().options
    assert (kept["welcome"], kept["people"], kept["email_capture"]) == ("Hello!", [ada.pk], "away")


def test_versions_say_what_changed_and_go_back(admin, acme, ada, flow):
    with acme.scope():
        actions.save_draft(
            flow,
            revision=None,
            by=ada,
            options={"survey": True},
            targeting={"hide": [{"op": "contains", "value": "x"}]},
        )
    shown = page(admin, f"{flow.pk}/versions/")
    assert "Ask how it was when a chat is closed: no → yes" in shown
    assert (
        "Never on: Address contains “x” is new." in shown or "Hides on: Address contains “x” is new." in shown
    )
    send(admin, f"{flow.pk}/trial/", share="20")
    assert "20 of a hundred visitors meet version 2" in page(admin, f"{flow.pk}/versions/")
    send(admin, f"{flow.pk}/trial/", keep="rival")
    send(admin, f"{flow.pk}/versions/1/restore/")
    send(admin, f"{flow.pk}/discard/")
    send(admin, f"{flow.pk}/rename/", name="Welcomer")
    with acme.scope():
        flow = Chatflow.objects.get(pk=flow.pk)
        assert (flow.published.number, flow.name, flow.versions.count()) == (2, "Welcomer", 2)


def test_only_who_manages_chatflows(client_of, acme, ben, flow):
    """AC-3."""
    client = client_of(ben)
    assert client.get("/w/acme/chatflows/").status_code == 404
    assert client.post(f"/w/acme/chatflows/{flow.pk}/archive/").status_code == 404
