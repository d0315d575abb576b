"""A mailbox as the network code sees it: copied inside the scope, used outside any transaction; and its sealed secret."""

import json
from dataclasses import dataclass, field

from channels_app.email.mailbox.trouble import Trouble
from channels_app.models import Mailbox, Provider
from workspaces.scope import workspace_scope
from workspaces.sealed import Unreadable, seal, unseal


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    security: str


@dataclass(frozen=True)
class Account:
    """Everything that reaching a mailbox needs. The secret is {"password"} or {"access", "refresh", "expires_at"}."""

    provider: str
    username: str
    imap: Server
    smtp: Server
    secret: dict = field(repr=False)
    folder: str = "INBOX"
    sent_folder: str = ""  # gets a copy of what we send; none where the server keeps one by itself
    workspace_id: int = 0
    channel_id: int = 0

    @property
    def uses_oauth(self) -> bool:
        return self.provider != "imap"


def account_of(mailbox: Mailbox) -> Account:
    """Call inside the scope. Raises Trouble when the secret cannot be read any more."""
    return Account(
        provider=mailbox.provider,
        username=mailbox.username,
        imap=Server(mailbox.imap_host, mailbox.imap_port, mailbox.imap_security),
        smtp=Server(mailbox.smtp_host, mailbox.smtp_port, mailbox.smtp_security),
        secret=secret_of(mailbox),
        folder=mailbox.folder,
        sent_folder="" if mailbox.provider == Provider.GOOGLE else mailbox.sent_folder,
        workspace_id=mailbox.workspace_id,
        channel_id=mailbox.channel_id,
    )


def about(workspace_id: int, channel_id: int) -> str:
    """What a secret is bound to: moved to another channel or workspace it opens no more."""
    return f"mailbox:{workspace_id}:{channel_id}"


def secret_of(mailbox: Mailbox) -> dict:
    try:
        return json.loads(unseal(mailbox.secret, about=about(mailbox.workspace_id, mailbox.channel_id)))
    except Unreadable:
        raise Trouble("unreadable") from None


def sealed(secret: dict, *, workspace_id: int, channel_id: int) -> str:
    return seal(json.dumps(secret), about=about(workspace_id, channel_id))


def store_secret(account: Account) -> None:
    """Keep a renewed secret. A short transaction of its own."""
    with workspace_scope(account.workspace_id):
        kept = sealed(account.secret, workspace_id=account.workspace_id, channel_id=account.channel_id)
        Mailbox.objects.filter(channel_id=account.channel_id).update(secret=kept)
