"""Who carries out each kind of step."""

from typing import Any

from chatflows.steps import meeting, outside, plain, talk

HANDLERS: dict[str, Any] = {
    "message": talk.Message,
    "question": talk.Question,
    "subscription": talk.Subscription,
    "end": talk.End,
    "branch": plain.Branch,
    "goto": plain.Goto,
    "set": plain.Set,
    "list": plain.List,
    "rule": plain.Rule,
    "handover": outside.Handover,
    "knowledge": outside.Knowledge,
    "webhook": outside.Webhook,
    "ticket": outside.Ticket,
    "meeting": meeting.Meeting,
}
