"""Letters as they are read and written: their people, their notes, what waits to leave, and whom an answer goes to."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.models import ContactAddress
from conversations import rich
from conversations.actions.scheduled import HELD
from conversations.envelope import Envelope, default_envelope
from conversations.models import Attachment, Conversation, Draft, Message, ScheduledReply
from inboxes.kinds import get_kind
from inboxes.models import Channel, Inbox
from workspaces.models import Member, hue_of, initials_of

FILE = re.compile(r'src="[^"]*/files/([0-9a-f-]{36})/"')
CID = re.compile(r'src="cid:([0-9a-f-]{36})"')
SOON = timedelta(minutes=1)


def letter_view(
    message: Message, slug: str, allowed: set[str] | None = None, also: Iterable[int] = ()
) -> dict | None:
    """What a mail shows beside its words; None for what is no mail. `allowed` are senders whose pictures are shown,
    `also` the other conversations that hold it (EM-10)."""
    mail = (message.extra or {}).get("mail")
    if not isinstance(mail, dict):
        return None
    sender = str((mail.get("from") or {}).get("address") or "")
    args = [slug, message.conversation_id, message.pk]
    hides = bool(mail.get("remote_images")) and sender.lower() not in (
        senders_with_pictures([message]) if allowed is None else allowed
    )
    return {
        "from": sender,
        "to": _shown(mail.get("to")),
        "cc": _shown(mail.get("cc")),
        "bcc": _shown(mail.get("bcc")) if message.direction == "out" else [],
        "removed": _shown(mail.get("removed")),
        "kind": mail.get("kind", ""),
        "verdict": _verdict(mail.get("auth")) if message.direction == "in" else "",
        "auto": mail.get("auto", ""),
        "stranger": bool(mail.get("new_participant")),
        "forwarded_by": mail.get("forwarded_by", ""),
        "also": [reverse("conversations:open", args=[slug, pk]) for pk in also],
        "hides_pictures": hides,
        "frame_url": reverse("channels:letter", args=args) if message.html else "",
        "pictures_url": reverse("channels:show_pictures", args=args),
        "accept_url": reverse("channels:accept", args=args),
        "source_url": reverse("channels:source", args=args) if message.direction == "in" else "",
        "download_url": reverse("channels:download", args=args) if message.direction == "in" else "",
        "hidden_files": set((mail.get("cids") or {}).values()) if message.html else set(),
    }


def _shown(people) -> list[dict[str, str]]:
    found = []
    for each in people or []:
        if isinstance(each, dict) and each.get("address"):
            found.append({"name": each.get("name") or each["address"], "address": each["address"]})
    return found


def _verdict(auth) -> str:
    """pass, fail or unknown: whether the mail comes from where it says."""
    return auth.get("verdict", "unknown") if isinstance(auth, dict) else "unknown"


def senders_with_pictures(messages: Iterable[Message]) -> set[str]:
    """Of the senders of these mails, those whose remote pictures the team asked to see (EM-13)."""
    senders = {
        str((mail.get("from") or {}).get("address") or "").lower()
        for mail in ((message.extra or {}).get("mail") for message in messages)
        if isinstance(mail, dict) and mail.get("remote_images")
    }
    if not senders:
        return set()
    rows = ContactAddress.objects.filter(kind="email", shows_images=True, value__in=senders)
    return {value.lower() for value in rows.values_list("value", flat=True)}


# ── What waits to leave ──


def held_of(conversation: Conversation, slug: str) -> list[dict]:
    rows = conversation.scheduled_replies.select_related("member").order_by("send_at", "pk")
    return [held_view(row, slug) for row in rows]


def held_view(row: ScheduledReply, slug: str) -> dict:
    """An answer that has not left: the same for every reader of the team."""
    name = row.member.display_name
    args = [slug, row.conversation_id, row.pk]
    return {
        "pk": row.pk,
        "client_id": str(row.client_id),
        "author_name": name,
        "initials": initials_of(name),
        "hue": hue_of(name),
        "body": row.body,
        "channel_kind": row.conversation.channel_kind,
        "files": len(row.files),
        "to": _shown((row.envelope or {}).get("to")),
        "forwards": (row.envelope or {}).get("kind") == "forward",
        "created_at": row.created_at,
        "send_at": row.send_at,
        "is_soon": row.send_at - row.created_at <= SOON,
        "because": HELD.get(row.held_because, row.held_because),
        "undo_url": reverse("conversations:take_back", args=args),
        "now_url": reverse("conversations:send_now", args=args),
    }


# ── What is being written ──


def writing_of(conversation: Conversation, member: Member, row: Draft | None) -> dict | None:
    """What a composer of letters needs: whom an answer goes to, from which address, and the clothes of the draft `row`."""
    if not get_kind(conversation.channel_kind).has_subject:
        return None
    usual = default_envelope(conversation)
    kept = row.envelope if row else {}
    envelope = Envelope.from_json(kept) if kept.get("to") or kept.get("cc") else usual
    html = row.html if row else ""
    return {
        "envelope": envelope,
        "fields": fields_of(envelope),
        "answers": json.dumps(
            {
                "all": people_of(usual),
                "reply": people_of(replace(usual, cc=(), to=usual.to[:1])),
                "forward": people_of(Envelope()),
            }
        ),
        "kind": kept.get("kind", ""),
        "message": kept.get("message") or "",
        "has_more": len(usual.to) + len(usual.cc) > 1,
        "html": with_addresses(html, member.workspace.slug),
        "files": waiting_files(kept.get("files", []), member, html),
        "senders": senders_of(member),
        "sender": envelope.channel_id or conversation.channel_id,
    }


def fields_of(envelope: Envelope) -> list[dict]:
    labels = {"to": _("To"), "cc": _("Cc"), "bcc": _("Bcc")}
    return [
        {"name": name, "label": label, "people": getattr(envelope, name)} for name, label in labels.items()
    ]


def people_of(envelope: Envelope) -> dict:
    told = envelope.to_json()
    return {name: told[name] for name in ("to", "cc", "bcc")}


def senders_of(member: Member) -> list[dict]:
    """The addresses a member may write from (EM-7)."""
    rows = Channel.objects.active().filter(kind="email", inbox__in=Inbox.objects.worked_by(member))
    # The address that an inbox has from birth is there, but is nobody's first choice (FB-1).
    found = sorted(rows.order_by("name", "pk"), key=lambda row: bool(row.config.get("fallback")))
    return [{"pk": row.pk, "label": f"{row.name} <{row.identifier}>"} for row in found]


def waiting_files(keys: list[str], member: Member, html: str) -> list[Attachment]:
    """Files of a draft that still wait, without those that stand within the text."""
    shown = set(rich.pictures_in(html))
    wanted = [key for key in keys if key not in shown]
    if not wanted:
        return []
    rows = Attachment.objects.waiting().filter(uploader=member, storage_key__in=wanted)
    return list(rows.order_by("pk"))


# ── Pictures in the text: files of ours for the editor, content ids for a mail ──


def with_cids(html: str) -> str:
    return FILE.sub(r'src="cid:\1"', html)


def with_addresses(html: str, slug: str) -> str:
    def address(found) -> str:
        return f'src="{reverse("conversations:file", args=[slug, found[1]])}"'

    return CID.sub(address, html)
