"""The closed lists: of what one can hear (NO-6), by which ways (NO-2), and what a new member hears by."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.models import Member
from workspaces.permissions import Permission


class Way(models.TextChoices):
    BELL = "bell", _("Bell")
    POPUP = "popup", _("Pop-up")
    BROWSER = "browser", _("Browser")
    SOUND = "sound", _("Sound")
    EMAIL = "email", _("Email")
    PUSH = "push", _("Phone")


# What disturbs: none of these in quiet hours. The bell only counts, and mail waits until they are over.
LOUD = frozenset({Way.POPUP, Way.BROWSER, Way.SOUND, Way.PUSH})


class Topic(models.TextChoices):
    CHAT = "chat", _("A new chat waits for anybody")
    UNASSIGNED = "unassigned", _("A new conversation that nobody has")
    ASSIGNED = "assigned", _("A conversation is given to me or my team")
    MESSAGE = "message", _("A new message in a conversation of mine")
    REPLY = "reply", _("A new message where I follow or took part")
    MENTION = "mention", _("Somebody mentions me")
    COMMENT = "comment", _("A comment where I take part")
    RATED = "rated", _("A customer is not content with a conversation of mine or of my people")
    FAILED = "failed", _("An answer of mine did not leave or arrive")
    DUE = "due", _("A ticket of mine is due soon or overdue")
    ATTENTION = "attention", _("A channel or the figures of the reports need attention")


# What is over for everybody once somebody took the conversation.
UP_FOR_GRABS = (Topic.CHAT, Topic.UNASSIGNED)

B, P, W, S, E, H = Way.BELL, Way.POPUP, Way.BROWSER, Way.SOUND, Way.EMAIL, Way.PUSH
USUAL: dict[str, frozenset[str]] = {
    Topic.CHAT: frozenset({B, P, W, S, H}),
    Topic.UNASSIGNED: frozenset({B}),
    Topic.ASSIGNED: frozenset({B, P, W, E, H}),
    Topic.MESSAGE: frozenset({B, P, W, S, E, H}),
    Topic.REPLY: frozenset({B}),
    Topic.MENTION: frozenset({B, P, W, E, H}),
    Topic.COMMENT: frozenset({B, P}),
    Topic.RATED: frozenset({B, P}),
    Topic.FAILED: frozenset({B, P, W, E}),
    Topic.DUE: frozenset({B, P, W, E}),
    Topic.ATTENTION: frozenset({B, E}),
}
NEEDS = dict.fromkeys(Topic, Permission.WORK) | {Topic.ATTENTION: Permission.MANAGE_INBOXES}


def topics_for(member: Member) -> list[Topic]:
    """Those that can ever concern this person."""
    return [topic for topic in Topic if member.may(NEEDS[topic])]
