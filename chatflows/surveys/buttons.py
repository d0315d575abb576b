"""The question in Messenger: quick replies under one message. Pressing one is a vote, and no message of the conversation."""

import uuid
from dataclasses import replace

from django.utils import translation

from channels_app.messenger.told import Inbound
from chatflows import satisfaction
from chatflows.models import SurveyAnswer
from chatflows.surveys import links
from chatflows.surveys.wishes import Wish, wish_of
from chatflows.surveys.words import labels
from chatflows.widget.config import choose_language
from contacts.models import ContactAddress
from conversations.actions.outgoing import Written, new_message
from conversations.append import append
from conversations.models import Conversation
from conversations.windows import ANYBODY, window_of
from inboxes.models import Channel

PREFIX = "parley-survey:"
# What our two messages are known by, so that neither is said twice.
SAID = uuid.UUID("3b8a4f0e-6d2c-4a51-8f7e-1c5d9b0a7e42")


def ask(conversation: Conversation, answer: SurveyAnswer, wish: Wish) -> None:
    with translation.override(choose_language(conversation.channel, conversation.language)):
        choices = [
            {"label": label, "value": f"{PREFIX}{score}:{links.sign(answer)}"} for score, label in labels()
        ]
        _say(conversation, wish.question_words, f"ask:{answer.pk}", {"choices": choices})


def take(channel: Channel, one: Inbound) -> bool:
    """Whether what came was a press on one of our buttons: then it is dealt with. In the scope of the channel's workspace."""
    if not one.payload.startswith(PREFIX):
        return False
    score, _colon, signed = one.payload.removeprefix(PREFIX).partition(":")
    named = links.read(signed)
    if named is None or named[0] != channel.workspace_id or score not in map(str, satisfaction.SCORES):
        return False  # somebody typed it: a message like any other
    answer = SurveyAnswer.objects.select_related("conversation__channel__inbox").filter(pk=named[1]).first()
    if answer is None or not _is_theirs(answer, channel, one.user_id):
        return False
    if satisfaction.may_vote(answer):
        satisfaction.vote(answer.conversation, int(score))
        _thank(answer.conversation, answer)
    return True


def _is_theirs(answer: SurveyAnswer, channel: Channel, user: str) -> bool:
    """The button was sent to one person, and nobody else can press it."""
    conversation = answer.conversation
    theirs = ContactAddress.objects.filter(contact=conversation.contact_id, kind="messenger", value=user)
    return conversation.channel_id == channel.pk and conversation.contact_id is not None and theirs.exists()


def _thank(conversation: Conversation, answer: SurveyAnswer) -> None:
    """Only while a machine may write to them (FM-6)."""
    window = window_of(conversation)
    if window is None or window.state != ANYBODY:
        return
    with translation.override(choose_language(conversation.channel, conversation.language)):
        _say(conversation, wish_of(conversation.channel).thanks_words, f"thanks:{answer.pk}", {})


def _say(conversation: Conversation, words: str, cause: str, extra: dict) -> None:
    message = new_message(
        conversation,
        conversation.channel,
        Written.of(words, ""),
        by=None,
        author_name=conversation.channel.name[:200],
        client_id=uuid.uuid5(SAID, cause),
    )
    append([replace(message, extra=extra)])
