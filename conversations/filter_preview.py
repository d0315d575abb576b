"""What each mail filter would have caught lately (SP-5): the mails of the last month, judged again from what was noted.

One bounded query reads the newest of them; `judge()` decides, with one switch on at a time.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from conversations.models import Conversation, Direction, Message
from inboxes.filters import Facts, Rules, domains_of, judge
from inboxes.models import MailFilters
from workspaces.models import Member

DAYS, NEWEST, MOST, EXAMPLES = 30, 20_000, 3000, 5
SWITCHES = ("auto_replies", "marketing", "unsubscribe_links", "role_senders")


@dataclass
class Catch:
    """What one switch, or one entry, would have caught."""

    name: str
    label: str
    count: int = 0
    ids: list[int] = field(default_factory=list)
    examples: list[Message] = field(default_factory=list)

    def add(self, pk: int) -> None:
        self.count += 1
        if len(self.ids) < 40:  # some of them may be out of sight
            self.ids.append(pk)


@dataclass(frozen=True)
class Preview:
    total: int
    is_cut: bool
    catches: list[Catch]


def preview(member: Member, entry: str = "") -> Preview:
    """Four catches, or one for an entry of a list. Counts are of all mail; examples of what this member may see."""
    mails = _mails()
    if entry:
        catches = [Catch("entry", entry)]
    else:
        catches = [Catch(name, str(MailFilters._meta.get_field(name).verbose_name)) for name in SWITCHES]
    for pk, facts in mails:
        for catch in catches:
            if _would_catch(catch, facts):
                catch.add(pk)
    _show(catches, member)
    return Preview(len(mails), len(mails) == MOST, catches)


def _would_catch(catch: Catch, facts: Facts) -> bool:
    if catch.name == "entry":
        return catch.label in (facts.sender, *domains_of(facts.sender))
    alone = Rules(**{name: name == catch.name for name in SWITCHES})
    return judge(facts, alone).place == "filtered"


def _mails() -> list[tuple[int, Facts]]:
    newest = Message.objects.order_by("-pk").values("pk")[:NEWEST]
    rows = Message.objects.filter(pk__in=newest, direction=Direction.IN, channel_kind="email")
    rows = rows.filter(created_at__gte=timezone.now() - timedelta(days=DAYS)).order_by("-pk")
    told = rows.values_list("pk", "extra", "created_at", "contact__created_at", "conversation__aside_reason")
    return [(pk, _facts(*rest)) for pk, *rest in told[:MOST]]


def _facts(extra, came, known_since, reason) -> Facts:
    mail = (extra or {}).get("mail") or {}
    return Facts(
        sender=str((mail.get("from") or {}).get("address", "")).lower(),
        # Whoever was made a contact by this very mail was nobody yet.
        is_contact=bool(known_since and came - known_since > timedelta(minutes=5)),
        auto_reason=mail.get("auto", ""),
        has_unsubscribe=bool(mail.get("unsubscribe")) or reason == "unsubscribe_link",
    )


def _show(catches: list[Catch], member: Member) -> None:
    ids = [pk for catch in catches for pk in catch.ids]
    visible = Conversation.objects.visible_to(member)
    rows = Message.objects.filter(pk__in=ids, conversation__in=visible).select_related("conversation")
    found = {row.pk: row for row in rows.defer("body", "html")}
    for catch in catches:
        catch.examples = [found[pk] for pk in catch.ids if pk in found][:EXAMPLES]
