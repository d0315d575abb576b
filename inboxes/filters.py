"""Allow and deny lists, and what is set aside by itself (SP-1 to SP-8). Deciding is one pure function, `judge`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inboxes.models import MailFilters, SenderList, SenderRule
from workspaces.audit import note
from workspaces.models import Member
from workspaces.scope import current_workspace_id

# SP-5. Whole local parts, as the reference names them.
ROLES = frozenset(
    """abuse admin alert billing compliance devnull dns finance ftp hostmaster info infrastructure inoc ispfeedback
    ispsupport it list list-request maildaemon mailer-daemon marketing no-reply noc noreply null phish phishing
    postmaster privacy registrar root sales security spam support sysadmin tech undisclosed-recipients unsubscribe
    usenet uucp webmaster www""".split()  # noqa: SIM905
)
LISTS = frozenset({"list", "bulk"})
# no-reply@ writes for shops and for forms that customers filled in: it is set aside only by the switch for roles.
PERHAPS_PEOPLE = frozenset({"no_reply"})
DOMAIN = re.compile(r"^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$")
MOST_AT_ONCE = 1000


@dataclass(frozen=True)
class Facts:
    """What is known of a mail when it is judged. `sender` is in lower case."""

    sender: str
    is_contact: bool = False  # somebody we know already
    is_blocked: bool = False  # one whom a member blocked (ST-5)
    is_ours: bool = False  # one of our own addresses, or a mail that this workspace sent
    is_bounce: bool = False
    auto_reason: str = ""  # why a machine is thought to have written it; "" for a person
    has_unsubscribe: bool = False


@dataclass(frozen=True)
class Rules:
    """A workspace's lists, as {address or domain: "allow" | "deny"}, and its switches."""

    entries: Mapping[str, frozenset[str]] = field(default_factory=dict)
    auto_replies: bool = True
    marketing: bool = True
    unsubscribe_links: bool = True
    role_senders: bool = False


@dataclass(frozen=True)
class Verdict:
    """Where a mail goes: "" (the inbox), "filtered" or "spam"; and why, in a word of conversations/aside.py."""

    place: str = ""
    reason: str = ""


def judge(facts: Facts, rules: Rules) -> Verdict:
    """ST-5, then SP-3: deny address, allow address, deny domain, allow domain; then the automatic rules of SP-4 and SP-5."""
    if facts.is_blocked:
        return Verdict("spam", "blocked")
    for name in [facts.sender, *domains_of(facts.sender)]:
        listed = rules.entries.get(name, frozenset())
        if SenderList.DENY in listed:
            return Verdict("spam", "deny_list")
        if SenderList.ALLOW in listed:
            return Verdict()
    if facts.is_bounce:
        return Verdict("filtered", "bounce")
    if facts.is_ours:
        return Verdict("spam", "own_address")
    is_list = facts.auto_reason in LISTS
    is_machine = bool(facts.auto_reason) and facts.auto_reason not in LISTS | PERHAPS_PEOPLE
    if is_machine and rules.auto_replies:
        return Verdict("filtered", "auto_reply")
    if facts.is_contact:
        return Verdict()
    if is_list and rules.marketing:
        return Verdict("filtered", "marketing")
    if facts.has_unsubscribe and rules.unsubscribe_links:
        return Verdict("filtered", "unsubscribe_link")
    is_role = facts.sender.partition("@")[0] in ROLES or facts.auto_reason in PERHAPS_PEOPLE
    if rules.role_senders and is_role:
        return Verdict("filtered", "role_sender")
    return Verdict()


def domains_of(address: str) -> list[str]:
    """The domain of an address, then those above it: an entry for example.com holds for mail.example.com too."""
    parts = address.rpartition("@")[2].split(".")
    return [".".join(parts[start:]) for start in range(len(parts) - 1)]


def rules_for(*senders: str) -> Rules:
    """The entries that can matter for some senders, and the switches. Two queries, whatever the length of the lists."""
    names = {name for sender in senders for name in (sender, *domains_of(sender))}
    entries: dict[str, frozenset[str]] = {}
    for value, kind in SenderRule.objects.filter(value__in=names).values_list("value", "list"):
        entries[value] = entries.get(value, frozenset()) | {kind}
    switches = current_switches()
    return Rules(
        entries=entries,
        auto_replies=switches.auto_replies,
        marketing=switches.marketing,
        unsubscribe_links=switches.unsubscribe_links,
        role_senders=switches.role_senders,
    )


def current_switches() -> MailFilters:
    return MailFilters.objects.first() or MailFilters()


class NotASender(ValueError):
    """`str()` is what a person reads."""


def read_entry(raw: str) -> str:
    """An address or a bare domain in lower case ("@example.com" is a domain). Raises NotASender."""
    value = raw.strip().strip("<>").lower()
    if "@" in value.lstrip("@"):
        try:
            validate_email(value)
        except ValidationError:
            raise NotASender(_("“%(entry)s” is no address.") % {"entry": raw.strip()[:80]}) from None
        return value[:320]
    value = value.lstrip("@")
    try:
        value = value.encode("idna").decode() if not value.isascii() else value
    except UnicodeError:
        value = ""
    if not DOMAIN.match(value):
        raise NotASender(_("“%(entry)s” is neither an address nor a domain.") % {"entry": raw.strip()[:80]})
    return value


@transaction.atomic
def list_senders(kind: str, values: list[str], *, by: Member | None) -> int:
    """Put senders on a list; one that stands on the other moves over. Returns how many are new."""
    values = list(dict.fromkeys(values))[:MOST_AT_ONCE]
    SenderRule.objects.filter(value__in=values).exclude(list=kind).delete()
    standing = set(SenderRule.objects.filter(list=kind, value__in=values).values_list("value", flat=True))
    fresh = [value for value in values if value not in standing]
    rows = [
        SenderRule(list=kind, value=value, created_by=by, workspace_id=current_workspace_id())
        for value in fresh
    ]
    SenderRule.objects.bulk_create(rows, ignore_conflicts=True)
    if fresh:  # how many, not who: the log outlives an erased person
        note("sender.added", str(kind), after={"senders": len(fresh)}, member=by)
    return len(fresh)


@transaction.atomic
def unlist_sender(rule: SenderRule) -> None:
    rule.delete()
    note("sender.removed", str(rule.list), before={"senders": 1})


@transaction.atomic
def set_switches(**switches: bool) -> MailFilters:
    """Save which kinds of mail are set aside."""
    row, _made = MailFilters.objects.get_or_create()
    before = {name: getattr(row, name) for name in switches}
    for name, value in switches.items():
        setattr(row, name, value)
    row.save()
    note("filters.changed", None, before, switches)
    return row
