"""The demo's chatflows, a chat with people and a bot for orders on a chat of its own, and what its inboxes promise."""

from datetime import datetime, timedelta

from chatflows.actions import create, publish, save_draft
from chatflows.definition import FORMAT, read
from chatflows.models import Chatflow
from config.demo.team import House
from inboxes.models import Inbox
from tickets.models import SlaPolicy
from tickets.sla.policies import save_policy

NAME, CHAT = "Lumi", "Website chat"
PUBLISHED = timedelta(days=90)
# At which step a walk of each outcome ended.
STEPS = {"completed": "done", "handed_over": "person", "abandoned": "found"}
ASKED = [
    {"id": "start", "kind": "question", "name": "Order number", "save": "var.order",
     "bubbles": ["Hello! What is the number of your order?"]},
    {"id": "found", "kind": "question", "name": "Where it is", "bubbles": ["It is on its way and arrives tomorrow."],
     "replies": [{"label": "Thank you", "to": "done"}, {"label": "It is late", "to": "person"}], "next": "done"},
    {"id": "person", "kind": "handover", "name": "To the workshop"},
    {"id": "done", "kind": "end", "name": "Settled", "bubbles": ["Glad to hear it. Enjoy the light."]},
]  # fmt: skip
A_DAY = 24 * 60
# Minutes for who chats, and for who writes.
QUICK = {"first": 10, "close": 3 * A_DAY}
SLOW = {"first": A_DAY, "close": 10 * A_DAY}


def publish_bot(house: House, now: datetime) -> Chatflow:
    flow = create(
        house.channels["orders"], template="support", name=NAME, language="en", by=house.members["nora"]
    )
    definition = read({"format": FORMAT, "start": "start", "steps": ASKED}).to_json()
    return _publish(flow, house, now, definition=definition, options={"custom_name": NAME})


def publish_chat(house: House, now: datetime) -> Chatflow:
    """What the website shows: its greeting stands with the channel, in both languages."""
    flow = create(
        house.channels["chat"], template="welcome", name=CHAT, language="en", by=house.members["nora"]
    )
    return _publish(flow, house, now, display={"opens": "prompt"})


def _publish(flow: Chatflow, house: House, now: datetime, **parts: dict) -> Chatflow:
    """Live since three months."""
    by = house.members["nora"]
    save_draft(flow, revision=None, by=by, **parts)
    flow = publish(flow, by=by)
    flow.versions.update(published_at=now - PUBLISHED, edited_at=now - PUBLISHED)
    Chatflow.objects.filter(pk=flow.pk).update(created_at=now - PUBLISHED)
    return flow


def promise(house: House, now: datetime) -> None:
    """Ten minutes for who chats, a day for who writes; in the first inbox."""
    lines = [{"by": "source", "is": source, "goals": SLOW} for source in ("email", "form")]
    for inbox in Inbox.objects.order_by("pk")[:1]:
        save_policy(
            inbox, by=house.members["nora"], on=True, working_hours=False, goals=QUICK,
            lines=lines,
        )  # fmt: skip
    SlaPolicy.objects.update(created_at=now - PUBLISHED)
