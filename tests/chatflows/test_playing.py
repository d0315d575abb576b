"""The panel beside the steps plays the draft; and who sees it, how it opens and what it offers stand beside the steps."""

import json
import re

import pytest
from django.test import RequestFactory
from django.utils import timezone

from chatflows import actions
from chatflows.models import ChatflowVersion, FlowCount, FlowSession
from contacts.models import Visitor
from conversations.models import Conversation
from tests.chatflows.test_builder import HTMX, bot, page, path, seen, words  # noqa: F401
from workspaces import plain_json


def talk(page, bot, *script, **given):  # noqa: F811
    told = [{"id": f"m{n}", **one} for n, one in enumerate(script)]
    sent = json.dumps({"script": told, "given": given})
    return page.post(path("preview_talk", bot.pk), sent, content_type="application/json")


def test_the_real_panel_stands_in_the_frame_with_the_drafts_words(acme, ada, page, bot):  # noqa: F811
    answer = page.get(path("preview_panel", bot.pk), {"theme": "dark", "language": "fr"})
    shown = words(answer)
    assert "dist/panel.js" in shown and shown.index("dist/preview.js") < shown.index("dist/panel.js")
    assert 'data-theme="dark"' in shown and 'lang="fr"' in shown
    data = json.loads(re.search(r'<script id="data"[^>]*>(.+?)</script>', shown)[1])
    assert data["opening"][0]["body"] == "Hello. What is it about?" and data["key"] == f"draft-{bot.pk}"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    # Without a script the same frame has the plain preview.
    assert f'url={path("preview", bot.pk)}"' in shown


def test_it_answers_what_the_panel_asks_and_writes_nothing(acme, ada, page, bot):  # noqa: F811
    answer = talk(page, bot, {"text": "My order", "reply": ["My order"]}, {"text": "4812"}).json()
    said = [(one["seq"], one["from"], one["body"]) for one in answer["messages"]]
    assert said[:3] == [
        (1, "bot", "Hello. What is it about?"),
        (2, "me", "My order"),
        (3, "bot", "Which number?"),
    ]
    assert answer["messages"][1]["client_id"] == "m0" and answer["over"]
    assert answer["messages"][0]["asks"]["replies"][0]["label"] == "My order"
    # Edited: the same words are answered by the draft as it is now.
    with acme.scope():
        changed = ChatflowVersion.objects.drafts().get(chatflow=bot)
        steps = changed.definition
        next(one for one in steps["steps"] if one["id"] == "number")["bubbles"][0]["text"] = "The number?"
        actions.save_draft(bot, revision=None, by=ada, definition=steps)
    assert "The number?" in [one["body"] for one in talk(page, bot, {"text": "My order"}).json()["messages"]]
    for odd in ("{", "7", "{}", '{"script": [7], "given": {}}', '{"script": [], "given": []}'):
        sent = page.post(path("preview_talk", bot.pk), odd, content_type="application/json")
        assert sent.status_code == 400, odd
    form = RequestFactory().post("/", {"script": "[]"})
    assert form.POST["script"] == "[]", "read, as the check of a token may"
    with pytest.raises(ValueError):
        plain_json.of(form)
    assert page.post(path("preview_talk", bot.pk), {"script": "[]"}).status_code == 400
    assert page.get(path("preview_talk", bot.pk), {"q": "zzz"}).json() == {"articles": []}
    with acme.scope():
        assert not FlowSession.objects.exists() and not Visitor.objects.exists()
        assert not Conversation.objects.exists() and not FlowCount.objects.exists()


def test_a_live_chat_is_tried_too(acme, ada, page):  # noqa: F811
    with acme.scope():
        flow = actions.create(acme.chat, template="welcome", name="Desk", language="en", by=ada)
        actions.save_draft(flow, revision=None, by=ada, options={"welcome": "Bonjour."})
    answer = talk(page, flow, {"text": "Hello?"}).json()
    assert [one["from"] for one in answer["messages"]] == ["welcome", "me"] and answer["bot"] is None
    assert "Bonjour." in words(page.get(path("preview_panel", flow.pk)))


def test_who_sees_it_is_changed_beside_the_steps(acme, page, bot):  # noqa: F811
    shown = words(page.get(path("builder", bot.pk), {"tab": "target"}))
    assert 'name="beside"' in shown and 'id="card-hello"' in shown
    given = {"beside": "1", "pages": "some", "show-op": "contains", "show-value": "/prices", "show-name": ""}
    revision = re.search(r'name="revision" value="(\d+)"', shown)[1]
    parts = page.post(path("target", bot.pk), given | {"revision": revision}, headers=HTMX)
    assert parts.status_code == 200 and 'data-panel="target"' in words(parts)
    assert "<html" not in words(parts) and "/prices" in words(parts)
    with acme.scope():
        assert ChatflowVersion.objects.drafts().get(chatflow=bot).targeting["show"][0]["value"] == "/prices"
    # The same once more changes nothing; an old number with other words is told so; a mistake stands beside the steps.
    again = page.post(path("target", bot.pk), given | {"revision": revision}, headers=HTMX)
    assert again.status_code == 200
    other = given | {"revision": revision, "show-value": "/shop"}
    stale = page.post(path("target", bot.pk), other, headers=HTMX)
    assert stale.status_code == 422 and "changed this draft meanwhile" in words(stale)
    empty = page.post(path("target", bot.pk), {"beside": "1", "pages": "some"})
    assert (
        empty.status_code == 422
        and 'id="card-hello"' in words(empty)
        and "Say on which pages" in words(empty)
    )
    more = page.post(path("target", bot.pk), given | {"more": "1"})
    assert more.status_code == 200 and words(more).count('name="show-value"') == 2


def test_display_and_options_beside_the_steps_with_and_without_a_script(acme, page, bot):  # noqa: F811
    sent = {"beside": "1", "opens": "chat", "phone": "hide", "seconds": "8"}
    plain = page.post(path("display", bot.pk), sent)
    assert plain.status_code == 302 and plain["Location"].endswith("/build/?tab=display")
    shown = words(page.get(plain["Location"]))
    assert 'data-panel="display"' in shown and 'value="8"' in shown
    refused = page.post(path("display", bot.pk), sent | {"seconds": "-3"}, headers=HTMX)
    assert refused.status_code == 422 and "id_seconds_error" in words(refused)
    options = words(page.get(path("builder", bot.pk), {"tab": "options"}))
    assert 'name="error_text"' in options and 'data-panel="options"' in options
    with acme.scope():
        assert ChatflowVersion.objects.drafts().get(chatflow=bot).display["triggers"]["seconds"] == 8
    # On its own page it stays there.
    own = page.post(path("display", bot.pk), {"opens": "launcher", "phone": "hide"})
    assert own["Location"].endswith("/display/")


def test_the_path_through_the_steps_is_told_for_each_version(acme, ada, page, bot):  # noqa: F811
    with acme.scope():
        actions.publish(bot, by=ada)
        bot.refresh_from_db()
        first = bot.published
        for step, measure, n in (("", "started", 50), ("number", "reached", 40), ("number", "dropped", 9)):
            FlowCount.objects.create(
                chatflow=bot, version=first, step=step, measure=measure, hour=timezone.now(), n=n
            )
        actions.save_draft(bot, revision=None, by=ada, display={"opens": "chat"})
        actions.publish(bot, by=ada)
    shown = words(page.get(path("builder", bot.pk), {"figures": "1"}))
    assert "Nobody came here" in shown and "Version 2" in shown
    shown = words(page.get(path("builder", bot.pk), {"figures": "1", "version": "1"}))
    assert "--share:80%" in shown and "80 %" in shown and "<dd>50</dd>" in shown
    assert page.get(path("builder", bot.pk), {"figures": "1", "version": "x"}).status_code == 200


def test_a_trial_says_how_far_apart_and_that_it_is_early(acme, ada, page, bot):  # noqa: F811
    with acme.scope():
        actions.publish(bot, by=ada)
        actions.save_draft(bot, revision=None, by=ada, display={"opens": "chat"})
        actions.start_trial(bot, None, 50, by=ada)
        bot.refresh_from_db()
        bot.trial_since = timezone.now() - timezone.timedelta(days=2)
        bot.save(update_fields=["trial_since"])
        for version, done in ((bot.published, 20), (bot.rival, 90)):
            for measure, n in (("shown", 900), ("started", 120), ("completed", done)):
                FlowCount.objects.create(
                    chatflow=bot, version=version, step="", measure=measure, hour=timezone.now(), n=n
                )
    shown = words(page.get(path("versions", bot.pk)))
    assert "Too early to tell" in shown and "between 42" in shown and "has more" not in shown
    with acme.scope():
        bot.trial_since = timezone.now() - timezone.timedelta(days=8)
        bot.save(update_fields=["trial_since"])
    assert "Version 2 has more" in words(page.get(path("versions", bot.pk)))
