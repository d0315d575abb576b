"""Who writes: their name and picture, asked of Meta once."""

import json

from django.db import transaction
from django.utils import translation

from channels_app.adapter import DeliveryRefused
from channels_app.email import payloads
from channels_app.messenger import account, api
from channels_app.models import InboundPayload
from contacts.models import Contact, ContactAddress
from contacts.signals import contacts_changed
from conversations.models import Message
from inboxes.models import Channel
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
    with workspace_scope(workspace_id), translation.override(payload.channel.workspace.language):
        _write(user, told)
        payloads.finish([(payload, None)])


def _asked(access: account.Access, user: str) -> dict:
    try:
        return api.get(user, access.token, fields=FIELDS)
    except DeliveryRefused:
        return {}


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
    contact.name = name.replace("\x00", "")[:200]
    contact.language = contact.language or str(told.get("locale") or "")[:2]
    contact.save(update_fields=["name", "language"])
    Message.objects.filter(contact=contact, author_name=called(user)).update(author_name=contact.name)
    contacts_changed.send(Contact, contacts=[contact.pk])
