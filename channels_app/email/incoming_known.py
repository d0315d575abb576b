"""What the database knows that matters for some mails, asked once for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from channels_app.email.parsing import ParsedMail
from channels_app.email.tokens import token_in
from channels_app.models import InboundPayload, ReplyToken
from contacts.models import ContactAddress
from inboxes.addresses import own_addresses
from inboxes.filters import Rules, rules_for
from workspaces.models import Member
from workspaces.scope import current_workspace_id


@dataclass(frozen=True)
class Known:
    ours: set[str]
    rules: Rules
    senders: set[str] = field(default_factory=set)  # who is a contact
    blocked: set[str] = field(default_factory=set)
    colleagues: set[str] = field(default_factory=set)
    tokens: dict[str, ReplyToken] = field(default_factory=dict)


def gather(mails: Sequence[tuple[InboundPayload, ParsedMail]]) -> Known:
    """Three to six statements, however many mails there are. Inside the scope."""
    senders = {mail.from_email.lower() for _, mail in mails}
    passed_on = {mail.from_email.lower() for _, mail in mails if mail.forwarded and not mail.forwarder}
    senders |= {mail.forwarded.email.lower() for _, mail in mails if mail.forwarded}
    senders.discard("")
    standing = ContactAddress.objects.filter(kind="email", value__in=senders)
    blocked = dict(standing.values_list("value", "contact__blocked_at"))
    borne = {token for payload, mail in mails for token in tokens_of(payload, mail)}
    return Known(
        ours=own_addresses(),
        rules=rules_for(*senders),
        senders={value.lower() for value in blocked},
        blocked={value.lower() for value, since in blocked.items() if since},
        colleagues=_colleagues(passed_on) if passed_on else set(),
        tokens=_tokens(borne) if borne else {},
    )


def tokens_of(payload: InboundPayload, mail: ParsedMail) -> list[str]:
    """The tokens a mail came to: by the envelope first, else as written."""
    envelope = payload.headers.get("to", [])
    written = [person.email for person in (*mail.to, *mail.cc)]
    return [token for address in [*envelope, *written] if (token := token_in(address))]


def _tokens(borne: set[str]) -> dict[str, ReplyToken]:
    """Those of this workspace: one of another is not found here."""
    return {row.token: row for row in ReplyToken.objects.filter(token__in=borne, revoked_at=None)}


def _colleagues(addresses: set[str]) -> set[str]:
    members = Member.objects.active().filter(workspace_id=current_workspace_id())
    emails = members.values_list("user__email", flat=True)
    return {email.lower() for email in emails} & addresses
