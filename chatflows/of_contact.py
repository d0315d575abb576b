"""What the timeline of a contact hears of chatflows: walks through bots, what was agreed to, how content they were."""

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chatflows.models import ConsentProof, FlowSession, SurveyAnswer
from contacts.beside import MOST, Figure, register_figures, up_to
from contacts.models import Contact
from contacts.timeline import Item, Mark, Source, behind, register
from conversations.models import Conversation
from workspaces.models import Member


def connect() -> None:
    """Called once at start."""
    register(Source("flows", gettext_lazy("Bots"), walks_of, place=40, seldom=True))
    register(Source("consents", gettext_lazy("Consents"), consents_of, place=50, seldom=True))
    register(Source("ratings", gettext_lazy("Ratings"), ratings_of, place=60, seldom=True))
    register_figures(contentment_of)


def _seen_by(member: Member, contact: Contact):
    return Conversation.objects.visible_to(member).present().filter(contact=contact).values("pk")


def walks_of(contact: Contact, member: Member, mark: Mark | None, most: int) -> list[Item]:
    rows = FlowSession.objects.filter(conversation__in=_seen_by(member, contact))
    found = behind(rows, "started_at", "walk", mark).select_related("version__chatflow")[:most]
    return [
        Item(
            row.started_at,
            f"walk-{row.pk}",
            "bot",
            row.version.chatflow.name,
            row.get_outcome_display() if row.outcome else _("goes on"),
            url=reverse("conversations:open", args=[member.workspace.slug, row.conversation_id]),
            channel="chat",
        )
        for row in found
    ]


def consents_of(contact: Contact, member: Member, mark: Mark | None, most: int) -> list[Item]:
    rows = ConsentProof.objects.filter(visitor__contact=contact)
    return [
        Item(
            row.at,
            f"consent-{row.pk}",
            "shield",
            _("Agreed") if row.accepted else _("Declined"),
            row.get_kind_display(),
            row.text,
        )
        for row in behind(rows, "at", "consent", mark)[:most]
    ]


def ratings_of(contact: Contact, member: Member, mark: Mark | None, most: int) -> list[Item]:
    rows = SurveyAnswer.objects.filter(conversation__in=_seen_by(member, contact), answered_at__isnull=False)
    return [
        Item(
            row.answered_at,
            f"rating-{row.pk}",
            "star",
            _("%(n)s of 5") % {"n": row.score},
            _("Rated the conversation"),
            row.comment,
            reverse("conversations:open", args=[member.workspace.slug, row.conversation_id]),
        )
        for row in behind(rows, "answered_at", "rating", mark)[:most]
    ]


def contentment_of(contact: Contact, member: Member) -> list[Figure]:
    """Their last votes on conversations that the reader may see, in one."""
    rows = SurveyAnswer.objects.filter(contact=contact, conversation__in=_seen_by(member, contact))
    votes = list(rows.exclude(score=None).order_by("-asked_at").values_list("score", flat=True)[: MOST + 1])
    if not votes:
        return []
    mean = sum(votes[:MOST]) / len(votes[:MOST])
    said = formats.number_format(round(mean, 1), decimal_pos=0 if round(mean, 1).is_integer() else 1)
    words = ngettext("%(score)s of 5, %(n)s vote", "%(score)s of 5, %(n)s votes", len(votes))
    about = _("The mean of all votes")
    return [Figure(_("Rating"), words % {"score": said, "n": up_to(len(votes))}, about, place=30)]
