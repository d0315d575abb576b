"""When a conversation has to be looked at again although nothing happens: a chat is missed by the mere passing of time."""

from datetime import datetime, timedelta

from analytics.facts.replies import MISSED_AFTER, begun_by_us, waits_since
from analytics.facts.story import Story
from tickets.sla.clocks import after

A_MOMENT = timedelta(seconds=1)


def look_again(story: Story) -> datetime | None:
    """Just after the moment by which somebody must have answered; None when that is past, or nobody waits."""
    if not story.present or story.closed_at or story.now is None or begun_by_us(story):
        return None
    asked = next((one.at for one in story.messages if one.asks), None)
    if asked is None or any(one.answers for one in story.messages):
        return None
    since = waits_since(story, asked, None)
    due = after(story.hours.schedule, since, MISSED_AFTER) if since else None
    return due + A_MOMENT if due and due >= story.now else None
