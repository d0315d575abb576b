"""Who writes: their name and picture, asked of Meta once."""

import http.client
import json

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import translation

from channels_app.adapter import DeliveryRefused
from channels_app.email import payloads
from channels_app.messenger import account, api, web
from channels_app.models import InboundPayload
from contacts.history import note_changes
from contacts.models import Contact, ContactAddress
from contacts.signals import contacts_changed
from conversations.models import Conversation, Message
from inboxes.models import Channel
from workspaces import pictures
from workspaces.scope import workspace_scope

SOURCE = "messenger-profile"
FIELDS = "first_name,last_name,profile_pic,locale"


def ask_for(channel: Channel, user: str) -> None:
    """Enter the question in the queue, once for each person of a page."""
    if user:
        payloads.keep(channel, source=SOURCE, external_id=user, raw=json.dumps({"user": user}).encode())
        transaction.on_commit(payloads.nudge_fetch, robust=True)


def take_in(workspace_id: int, payload: InboundPayload) -> None:
    """What a member has typed is never overwritten. Whoever hides their profile keeps the name we gave them."""
    user = json.loads(bytes(payload.body))["user"]
    with workspace_scope(workspace_id):
        access = account.access_to(payload.channel)
    told = _asked(access, user) if access else {}
    picture = _picture(told.get("profile_pic"))
    with workspace_scope(workspace_id), translation.override(payload.channel.workspace.language):
        _write(user, told)
        _show(user, picture)
        payloads.finish([(payload, None)])


def _asked(access: account.Access, user: str) -> dict:
    try:
        return api.get(user, access.token, fields=FIELDS)
    except DeliveryRefused:
        return {}


def _picture(url: object) -> bytes:
    """Their picture, drawn anew from its pixels; b"" when there is none to be had."""
    if not isinstance(url, str) or not url:
        return b""
    try:
        answer = web.fetch(url[:4000], most=pictures.LARGEST)
        return pictures.square(ContentFile(answer.body)) if answer.status == 200 else b""
    except (OSError, ValueError, http.client.HTTPException, web.TooLarge, ValidationError):
        return b""


def _show(user: str, picture: bytes) -> None:
    """Keep it beside the address, once: what is there already stays."""
    rows = ContactAddress.objects.select_for_update(of=("self",)).filter(kind="messenger", avatar="")
    row = rows.filter(value=user.lower()).first()
    if row is None or not picture:
        return
    row.avatar = pictures.keep(picture)
    row.save(update_fields=["avatar"])
    theirs = Conversation.objects.filter(contact=row.contact_id)
    theirs.update(version=F("version") + 1)


def forget(instance: ContactAddress, **told) -> None:
    """However an address goes, its picture goes once that is certain."""
    transaction.on_commit(lambda: pictures.forget(instance.avatar), robust=True)


def _write(user: str, told: dict) -> None:
    from channels_app.messenger.incoming import called

    row = (
        ContactAddress.objects.select_related("contact").filter(kind="messenger", value=user.lower()).first()
    )
    names = [str(told.get(part) or "").strip() for part in ("first_name", "last_name")]
    name = " ".join(filter(None, names)) or str(told.get("name") or "").strip()
    if row is None or not name:
        return
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=row.contact_id)
    if contact.name not in ("", called(user)):
        return
    before = {"name": contact.name, "language": contact.language}
    contact.name = name.replace("\x00", "")[:200]
    contact.language = contact.language or str(told.get("locale") or "")[:2]
    contact.save(update_fields=["name", "language"])
    after = {"name": contact.name, "language": contact.language}
    note_changes(contact, before, after, how="messenger")
    Message.objects.filter(contact=contact, author_name=called(user)).update(author_name=contact.name)
    contacts_changed.send(Contact, contacts=[contact.pk])
