"""What a test tree is asked from inside: `make VISITORS AGENTS` fills a workspace, `read` tells what stands (JSON)."""

import json
import os
import secrets
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def make(visitors: int, agents: int) -> dict:
    """A workspace with a live chat, so many visitors with their tokens, and agents with their sessions' keys."""
    from django.test import Client

    from contacts.models import Visitor
    from inboxes.actions import connect_channel, create_inbox
    from workspaces.models import Member, User, Workspace, hash_token
    from workspaces.scope import workspace_scope

    workspace = Workspace.objects.create(name="Ledger", slug="ledger")
    tokens = [secrets.token_urlsafe(32) for _ in range(visitors)]
    with workspace_scope(workspace):
        channel = connect_channel(create_inbox(name="Ledger"), kind="chat", name="Ledger")
        Visitor.objects.bulk_create(
            Visitor(workspace=workspace, channel_id=channel.pk, token_hash=hash_token(token), language="en")
            for token in tokens
        )
    sessions = []
    for number in range(agents):
        user = User.objects.create_user(f"agent-{number}@ledger.example", None, name=f"Agent {number}")
        Member.objects.create(workspace=workspace, user=user, role="owner", display_name=user.name)
        client = Client(SERVER_NAME="localhost")
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        sessions.append(client.session.session_key)
    return {"key": channel.identifier, "slug": workspace.slug, "tokens": tokens, "sessions": sessions}


def read() -> dict:
    """Every conversation with its messages in order, and how many of the log's rows and owed reactions there are."""
    from django.utils import timezone

    from conversations.models import Conversation, Message
    from events.models import Event, ReactionDue
    from workspaces.models import Workspace
    from workspaces.scope import workspace_scope

    with workspace_scope(Workspace.objects.get(slug="ledger")):
        found = {
            row["pk"]: {
                "pk": row["pk"],
                "conversation": str(row["detail__public_id"]),
                "last_seq": row["last_seq"],
                "messages": [],
            }
            for row in Conversation.objects.values("pk", "last_seq", "detail__public_id")
        }
        fields = ("pk", "conversation_id", "seq", "kind", "direction", "client_id", "body")
        for pk, conversation, seq, kind, direction, client_id, body in Message.objects.order_by(
            "conversation_id", "seq"
        ).values_list(*fields):
            message = {"pk": pk, "seq": seq, "kind": kind, "direction": direction, "body": body}
            found[conversation]["messages"].append(message | {"client_id": str(client_id)})
        told = [
            payload["message"]
            for payload in Event.objects.filter(type__in=("message.received", "message.sent")).values_list(
                "payload", flat=True
            )
        ]
        return {
            "conversations": list(found.values()),
            "told": told,
            "owed": ReactionDue.objects.filter(parked_at=None, run_at__lte=timezone.now()).count(),
            "leased": ReactionDue.objects.filter(parked_at=None, run_at__gt=timezone.now()).count(),
            "parked": ReactionDue.objects.exclude(parked_at=None).count(),
        }


def main() -> None:
    django.setup()
    words = sys.argv[1:]
    print(json.dumps(make(int(words[1]), int(words[2])) if words[0] == "make" else read()))


if __name__ == "__main__":
    main()
