"""How content people were (LC-7): asked once when a conversation is closed, answered once, shown to those who worked on it.

One row for each conversation that was asked about, whatever carries question and answer; only a POST ever votes.
"""

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chatflows.models import ChatflowVersion, SurveyAnswer
from chatflows.settings_of import options_of
from chatflows.surveys.wishes import is_low
from conversations.models import AuthorKind, Conversation, Direction
from conversations.queries.prose import moment
from events.models import Event
from events.record import record
from events.types import SURVEY_ANSWERED
from tickets.models import Ticket
from workspaces.models import Member
from workspaces.scope import workspace_scope

SCORES = range(1, 6)
MOST_COMMENT = 1000
BESIDE = 3
VISITORS = "chat"


def ask_how_it_was(event: Event) -> None:
    """Reaction to conversation.closed: the panel shows the question, and here stands that it was asked; elsewhere it leaves by
    mail or message when its hour has come. Twice is harmless."""
    from chatflows.surveys import asking  # which votes and asks through here

    with workspace_scope(event.workspace_id):
        rows = Conversation.objects.select_related("detail", "assignee", "channel__inbox", "contact")
        conversation = rows.present().filter(pk=event.conversation_id).first()
        if conversation is None or not conversation.is_closed():
            return
        if conversation.channel_kind != VISITORS:
            asking.ask(event, conversation)
            return
        version = version_of(conversation)
        if version is not None and options_of(version.options)["survey"]:
            asked(conversation, version)


def version_of(conversation: Conversation) -> ChatflowVersion | None:
    """Of the chatflow that it began with."""
    pk = conversation.detail.flow_version
    return ChatflowVersion.objects.filter(pk=pk).first() if pk else None


def asked(conversation: Conversation, version: ChatflowVersion | None) -> SurveyAnswer:
    """The row of this conversation; made when it is asked about for the first time."""
    answer, _is_new = SurveyAnswer.objects.get_or_create(
        conversation=conversation,
        defaults={
            "contact_id": conversation.contact_id,
            "channel_kind": conversation.channel_kind,
            "agent": _who_answered(conversation),
            "version": version,
            "inbox_id": conversation.inbox_id,
            "channel_id": conversation.channel_id,
            "team_id": conversation.team_id,
        },
    )
    return answer


def _who_answered(conversation: Conversation) -> Member | None:
    if conversation.assignee_id:
        return conversation.assignee
    ours = conversation.messages.filter(direction=Direction.OUT, author_kind=AuthorKind.MEMBER)
    last = ours.exclude(member=None).select_related("member").order_by("-seq").first()
    return last.member if last else None


def may_vote(answer: SurveyAnswer) -> bool:
    """Whether a link or a button still counts: the first vote stands, and what was set aside meanwhile is not judged."""
    one = answer.conversation
    aside = one.spam_at or one.filtered_at or one.trashed_at or one.merged_into_id
    lives = answer.expires_at is None or answer.expires_at > timezone.now()
    return answer.score is None and lives and not aside


@transaction.atomic
def vote(conversation: Conversation, score: int, comment: str = "") -> SurveyAnswer:
    """The first vote stands: a second one changes nothing, and is told what stands."""
    asked(conversation, version_of(conversation))
    answer = SurveyAnswer.objects.select_for_update(of=("self",)).get(conversation=conversation)
    if answer.score is not None:
        return answer
    answer.score, answer.answered_at = score, timezone.now()
    answer.comment = comment.replace("\x00", "").strip()[:MOST_COMMENT]
    answer.contact_id = conversation.contact_id
    answer.save(update_fields=["score", "answered_at", "comment", "contact"])
    told = {"comment": answer.comment} if answer.comment else {}
    told |= {"low": True} if is_low(conversation.channel, score) else {}
    record(SURVEY_ANSWERED, conversation, actor_kind="visitor", score=score, **told)
    return answer


# ── What the team sees ──


def in_words(score: int) -> str:
    return pgettext("a vote", "%(score)s of 5") % {"score": score}


def beside(conversation: Conversation, member: Member) -> dict | None:
    """For the sidebar: what this person said of their conversations that the reader may see, newest first."""
    if conversation.contact_id:
        theirs = SurveyAnswer.objects.filter(contact=conversation.contact_id)
    elif conversation.visitor_id:
        theirs = SurveyAnswer.objects.filter(conversation__visitor=conversation.visitor_id)
    else:
        return None
    return _said(theirs, member, here=conversation.pk)


def beside_ticket(ticket: Ticket, member: Member) -> dict | None:
    """The same of a ticket: what was said of its conversations."""
    return _said(SurveyAnswer.objects.filter(conversation__ticket_tie__ticket=ticket), member)


def _said(rows: QuerySet[SurveyAnswer], member: Member, *, here: int = 0) -> dict | None:
    seen = rows.filter(conversation__in=Conversation.objects.visible_to(member).present().values("pk"))
    votes = list(seen.exclude(score=None).order_by("-answered_at", "-pk")[:BESIDE])
    slug = member.workspace.slug
    facts = [
        {
            "label": moment(one.answered_at),
            "value": f"{in_words(one.score)} “{one.comment}”" if one.comment else in_words(one.score),
            "url": ""
            if one.conversation_id == here
            else reverse("conversations:open", args=[slug, one.conversation_id]),
        }
        for one in votes
    ]
    return {"key": "satisfaction", "label": _("How content they were"), "facts": facts} if facts else None
