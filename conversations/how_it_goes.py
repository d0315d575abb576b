"""How it goes with a contact, from the newest conversations that the reader may see: how many, by what, how soon answered."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from contacts.beside import MOST, Figure, up_to
from contacts.models import Contact
from conversations.models import Conversation, Status
from inboxes.kinds import all_kinds
from workspaces.models import Member
from workspaces.permissions import Permission

WAYS = 2  # by which they write most


class Told(NamedTuple):
    status: str
    kind: str
    began_at: datetime
    last_inbound_seq: int
    answered_at: datetime | None


def figures_of(contact: Contact, member: Member) -> list[Figure]:
    """One statement along the index of the contact, however long they have been writing."""
    rows = Conversation.objects.visible_to(member).present().filter(contact=contact).newest_first()
    fields = ("status", "channel_kind", "created_at", "last_inbound_seq", "detail__first_response_at")
    told = [Told(*row) for row in rows.values_list(*fields)[: MOST + 1]]
    if not told:
        return []
    found = [Figure(_("Conversations"), _how_many(told), place=10)]
    # How fast people of the team answer is a figure of the team.
    if member.may(Permission.VIEW_REPORTS):
        found += _first_reply(told[:MOST])
    return found + _ways(told[:MOST])


def _how_many(told: Sequence[Told]) -> str:
    open_ones = sum(one.status == Status.OPEN for one in told[:MOST])
    n = up_to(len(told))
    return _("%(n)s, %(open)s open") % {"n": n, "open": open_ones} if open_ones else n


def _first_reply(told: Sequence[Told]) -> list[Figure]:
    waits = [(one.answered_at - one.began_at).total_seconds() for one in told if one.answered_at]
    if not waits:
        return []
    usual = timedelta(seconds=max(0.0, median(waits)))
    if usual < timedelta(minutes=1):
        words = _("within a minute")
    else:
        now = datetime(2000, 1, 1)
        took = timesince(now, now + usual, depth=1)
        words = _("usually %(time)s") % {"time": took} if len(waits) > 1 else took
    about = _("The middle of all first replies, by the calendar")
    return [Figure(_("First reply"), words, about, place=20)]


def _ways(told: Sequence[Told]) -> list[Figure]:
    kinds = Counter(one.kind for one in told if one.last_inbound_seq)
    names = {kind.key: str(kind.label) for kind in all_kinds()}
    most = [names[key] for key, _n in kinds.most_common(WAYS) if key in names]
    return [Figure(_("Writes by"), ", ".join(most), place=40)] if most else []
