"""Reply addresses: `reply+<token>@<domain>` leads one recipient's answers to one conversation (EM-8.1)."""

import base64
import re
import secrets

from django.conf import settings
from django.db import transaction

from channels_app.models import ReplyToken
from conversations.models import Conversation
from inboxes.models import PublicAddress

LETTERS = 26  # of five bits: more than 128 random ones
ADDRESS = re.compile(r"^reply\+([a-z2-7]{26})@(.+)$")


@transaction.atomic
def reply_address(conversation: Conversation, address: str) -> str:
    """Return the address by which one recipient answers into a conversation; the same at every letter to them.

    Call inside the scope of the workspace. The directory learns whose token it is, and nothing else.
    """
    address = address.strip().lower()[:320]
    row, made = ReplyToken.objects.get_or_create(
        conversation=conversation, address=address, defaults={"token": new_token()}
    )
    if row.revoked_at:
        # The old one leads nowhere any more: whoever kept it starts anew.
        PublicAddress.objects.filter(kind="reply", value=row.token).delete()
        row.token, row.revoked_at, made = new_token(), None, True
        row.save(update_fields=["token", "revoked_at"])
    if made:
        PublicAddress.objects.create(
            kind="reply",
            value=row.token,
            workspace_id=conversation.workspace_id,
            channel_id=conversation.channel_id,
        )
    return f"reply+{row.token}@{settings.REPLY_DOMAIN}"


def new_token() -> str:
    return base64.b32encode(secrets.token_bytes(17)).decode()[:LETTERS].lower()


def token_in(address: str) -> str | None:
    """The token that an address bears, when it is a reply address of this installation. Asks no database."""
    found = ADDRESS.match(address.strip().lower())
    return found[1] if found and found[2] == settings.REPLY_DOMAIN.lower() else None


def find(address: str) -> tuple[int, str] | None:
    """Whose token an address bears: (workspace id, token), or None. Read before any scope."""
    token = token_in(address)
    if token is None:
        return None
    row = PublicAddress.objects.filter(kind="reply", value=token).values_list("workspace_id").first()
    return (row[0], token) if row else None
