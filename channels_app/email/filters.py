"""What is known of a mail, for inboxes/filters.py to judge."""

from channels_app.email.incoming_known import Known
from channels_app.email.parsing import ParsedMail
from inboxes.addresses import WAITING, forwarding_state
from inboxes.filters import LISTS, PERHAPS_PEOPLE, Facts, Verdict, judge
from inboxes.models import Channel

# Providers that ask for a code before they forward: an administrator must read it at once (EM-3).
CONFIRM_FORWARDING = {"forwarding-noreply@google.com"}


def verdict(mail: ParsedMail, sender: str, *, channel: Channel, known: Known, answers: bool) -> Verdict:
    """Where a mail goes. `answers`: it came to a reply token, so its sender was written to."""
    if sender in CONFIRM_FORWARDING and forwarding_state(channel) == WAITING:
        return Verdict()
    facts = Facts(
        sender=sender,
        is_contact=answers or sender in known.senders,
        is_blocked=sender in known.blocked,
        is_ours=sender in known.ours,
        is_bounce=mail.is_bounce,
        auto_reason=mail.auto_reason or ("bulk" if mail.is_auto else ""),
        has_unsubscribe=mail.has_unsubscribe,
    )
    return judge(facts, known.rules)


def is_automatic(mail: ParsedMail) -> bool:
    """A machine answered. What came through a list was written by somebody, and may open a conversation again."""
    return mail.is_bounce or (mail.is_auto and mail.auto_reason not in LISTS | PERHAPS_PEOPLE)
