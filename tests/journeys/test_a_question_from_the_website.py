"""A whole story by plain requests: no script, no socket, nothing but what the pages offer."""

import re
import uuid

import pytest


@pytest.fixture
def visitor(client, acme):
    """A visitor's panel: `say(text)` and `hear(after)`, with the session it was given."""

    class Panel:
        headers = {"X-Parley-Key": "acme-chat"}

        def say(self, text: str) -> dict:
            if "X-Parley-Visitor" not in self.headers:
                session = self.post("/live/session/", {"key": "acme-chat", "language": "en", "page_url": ""})
                self.headers = self.headers | {"X-Parley-Visitor": session["token"]}
            return self.post("/live/messages/", {"client_id": str(uuid.uuid4()), "body": text})

        def post(self, url: str, data: dict) -> dict:
            answer = client.post(url, data, content_type="application/json", headers=self.headers)
            assert answer.status_code in (200, 201), answer.content
            return answer.json()

        def hear(self, after: int = 0) -> list[tuple[str, str]]:
            answer = client.get(f"/live/messages/?after={after}", headers=self.headers).json()
            return [(message["from"], message["body"]) for message in answer["messages"]]

    return Panel()


def the_form(page: str, ending: str) -> str:
    return re.search(rf'action="([^"]*/{ending}/)"', page).group(1)


@pytest.mark.django_db
def test_a_question_is_seen_answered_closed_and_asked_again(visitor, client_of, ada, ben):
    asked = visitor.say("Do you ship to Berlin?")
    bens = client_of(ben)

    listed = bens.get("/w/acme/inbox/unassigned/").content.decode()
    assert "Do you ship to Berlin?" in listed and 'data-count="unassigned">1<' in listed

    opened = bens.get(
        re.search(r'class="crow"[^>]* href="([^"]+)"', listed).group(1), follow=True
    ).content.decode()
    bens.post(the_form(opened, "replies"), {"body": "Yes, within three days."})
    bens.post(the_form(opened, "comments"), {"body": "Asked twice this week: put it on the page?"})
    assert visitor.hear(asked["seq"]) == [("agent", "Yes, within three days.")]
    assert "Do you ship to Berlin?" not in bens.get("/w/acme/inbox/unassigned/").content.decode()
    assert "Asked twice this week" in bens.get("/w/acme/inbox/mine/").content.decode()

    bens.post(the_form(opened, "status"), {"status": "closed"})
    assert 'data-count="mine"></span>' in bens.get("/w/acme/inbox/mine/").content.decode()
    assert "Asked twice this week" in client_of(ada).get("/w/acme/inbox/closed/").content.decode()

    visitor.say("And how much is it?")
    again = bens.get("/w/acme/inbox/mine/").content.decode()
    assert "And how much is it?" in again and "data-unread" in again
