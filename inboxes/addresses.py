"""Mail addresses that this installation gives out: one for each inbox from birth, one for each forwarded channel."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inboxes.models import Channel, Inbox, PublicAddress
from workspaces.audit import note
from workspaces.mail import letter
from workspaces.refusals import NameTaken, Refused

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LOCAL_PART = re.compile(r"^[a-z0-9](?:[a-z0-9._-]{1,62}[a-z0-9])$")
TAKES_MAIL = ("mail", "email")  # kinds of the directory that mail is delivered to
NOT_ASKED, WAITING, VERIFIED, BROKEN = "", "waiting", "verified", "broken"
PATIENCE = timedelta(hours=1)
PROOF = re.compile(r"parley-forwarding-([a-z2-9]{26})")


class FallbackStays(Refused):
    message = gettext_lazy("Every inbox keeps the address it was born with.")


class AddressTaken(Refused):
    message = gettext_lazy("This address is taken. Choose another one.")


class NotAnAddress(Refused):
    message = gettext_lazy("Use 3 to 64 letters, digits, dots and dashes.")


class ChangedBefore(Refused):
    message = gettext_lazy("This address was changed once already: it can be changed only once.")


def is_fallback(channel: Channel) -> bool:
    return bool(channel.config.get("fallback"))


def fallback_of(inbox: Inbox) -> Channel | None:
    return Channel.objects.filter(inbox=inbox, kind="email", config__fallback=True).first()


def new_address(name: str) -> str:
    """`<slug>-<random>@<our domain>` (FB-4)."""
    slug = slugify(name)[:30].strip("-") or "inbox"
    return f"{slug}-{_random(6)}@{settings.MAIL_DOMAIN}"


def _random(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def give_fallback(inbox: Inbox) -> Channel:
    """The address an inbox has from birth (FB-1, FB-2). Twice is harmless."""
    if standing := fallback_of(inbox):
        return standing
    # From names are unique among these, as inbox names are (FB-3).
    config = {"fallback": True, "from_name": inbox.name, "from_style": "agent_and_company", "sends": False}
    channel = Channel.objects.create(
        inbox=inbox, kind="email", name=inbox.name, identifier=new_address(inbox.name), config=config
    )
    enter(channel, channel.identifier)
    return channel


def enter(channel: Channel, address: str) -> None:
    """Put an address into the directory: mail to it is this channel's. Raises AddressTaken."""
    address = address.lower()
    taken = PublicAddress.objects.filter(kind__in=TAKES_MAIL, value=address).exclude(channel_id=channel.pk)
    if taken.exists():
        raise AddressTaken
    PublicAddress.objects.get_or_create(
        kind="mail", value=address, defaults={"workspace_id": channel.workspace_id, "channel_id": channel.pk}
    )


@transaction.atomic
def change_fallback(channel: Channel, *, from_name: str, from_style: str, sends: bool) -> Channel:
    """FB-3. The from name is one fallback address's alone in the workspace. Raises NameTaken."""
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    others = Channel.objects.filter(kind="email", config__fallback=True).exclude(pk=channel.pk)
    if any(row.config.get("from_name", "").casefold() == from_name.casefold() for row in others):
        raise NameTaken
    wanted = {"from_name": from_name[:100], "from_style": from_style, "sends": sends}
    before = {key: channel.config.get(key) for key in wanted}
    channel.config |= wanted
    channel.save(update_fields=["config"])
    note("channel.changed", channel, before, wanted)
    return channel


@transaction.atomic
def rename_fallback(channel: Channel, *, local_part: str) -> Channel:
    """Choose what stands before the @, once (FB-4). Mail to the address of before still comes in."""
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    local_part = local_part.strip().lower()
    if channel.config.get("renamed"):
        raise ChangedBefore
    if not LOCAL_PART.match(local_part) or ".." in local_part:
        raise NotAnAddress
    address = f"{local_part}@{settings.MAIL_DOMAIN}"
    enter(channel, address)
    before = {"address": channel.identifier}
    channel.identifier, channel.config["renamed"] = address, True
    channel.save(update_fields=["identifier", "config"])
    note("channel.changed", channel, before, {"address": address})
    return channel


@transaction.atomic
def give_forwarding_address(channel: Channel) -> str:
    """The address to which a customer's mail server forwards (EM-3); the same when asked again."""
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    if not channel.config.get("forwarding_address"):
        channel.config["forwarding_address"] = new_address(channel.name)
        channel.save(update_fields=["config"])
        enter(channel, channel.config["forwarding_address"])
    return channel.config["forwarding_address"]


# ── Does forwarding work? A token goes to the public address, and must come home ──


def forwarding_state(channel: Channel) -> str:
    """ "" (never tested), "waiting", "verified", or "broken": it worked once, and the last test did not come back."""
    test = channel.config.get("forwarding") or {}
    if not test.get("sent_at"):
        return NOT_ASKED
    if test.get("came_at", "") >= test["sent_at"]:
        return VERIFIED
    is_late = timezone.now() - datetime.fromisoformat(test["sent_at"]) > PATIENCE
    return BROKEN if is_late and test.get("came_at") else WAITING


@transaction.atomic
def verify_forwarding(channel: Channel) -> Channel:
    """Send a token to the public address, after commit; it is recognised when it comes in by forwarding."""
    channel = Channel.objects.select_for_update().select_related("workspace").get(pk=channel.pk)
    token, before = _random(26), channel.config.get("forwarding") or {}
    channel.config["forwarding"] = before | {"token": _hashed(token), "sent_at": timezone.now().isoformat()}
    channel.save(update_fields=["config"])
    with translation.override(channel.workspace.language):
        mail = letter(
            to=channel.identifier,
            subject=_("Testing the forwarding of this address") + f" [parley-forwarding-{token}]",
            text=_("Parley sent this to see whether mail to this address arrives. Nothing needs to be done."),
        )
    transaction.on_commit(mail.send)
    return channel


def comes_home(channel: Channel, text: str) -> bool:
    """Whether a mail of this channel is our own test; then the channel is marked verified."""
    found = PROOF.search(text[:20_000])
    if not found or (channel.config.get("forwarding") or {}).get("token") != _hashed(found[1]):
        return False
    row = Channel.objects.select_for_update().get(pk=channel.pk)
    row.config["forwarding"] |= {"came_at": timezone.now().isoformat()}
    row.save(update_fields=["config"])
    return True


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# ── Who takes mail ──


def channel_for(address: str) -> tuple[int, int] | None:
    """(workspace, channel) to which mail for an address is delivered; asked before any scope."""
    rows = PublicAddress.objects.filter(kind__in=TAKES_MAIL, value=address.strip().lower())
    active = rows.filter(workspace__suspended_at=None)
    return active.values_list("workspace_id", "channel_id").first()


def own_addresses() -> set[str]:
    """Every address of this workspace's mail channels, in lower case."""
    found = set()
    for identifier, config in Channel.objects.filter(kind="email").values_list("identifier", "config"):
        found |= {identifier.lower(), str(config.get("forwarding_address", "")).lower()}
    return {address for address in found if "@" in address}
