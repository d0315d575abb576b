"""Saved texts as somebody who is writing finds them: filled for one conversation, the likeliest first (CR-8)."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from conversations import rich, tokens
from conversations.models import Conversation, Snippet
from workspaces.audit import note
from workspaces.models import Member

MOST = 300


def offered_to(member: Member, conversation: Conversation) -> list[dict]:
    """What may be put into an answer here. Those in the contact's language stand first, then the most used."""
    values = tokens.values_for(conversation, member)
    contact = conversation.contact
    spoken = (contact.language if contact else "") or conversation.language
    rows = Snippet.objects.usable_by(member).order_by("-uses", "name", "pk")[:MOST]
    return [_offered(row, values) for row in sorted(rows, key=lambda row: _distance(row.language, spoken))]


def _distance(language: str, spoken: str) -> int:
    if not language:
        return 1
    return 0 if language.split("-")[0] == spoken.split("-")[0] else 2


def _offered(row: Snippet, values: dict[str, str]) -> dict:
    text = tokens.fill(row.body, values)
    return {
        "id": row.pk,
        "name": row.name,
        "short": row.shortcut,
        "folder": row.folder,
        "language": row.language,
        "text": text.text,
        "html": tokens.fill_html(row.html, values).text if row.html else "",
        "missing": text.missing,
    }


@transaction.atomic
def save_snippet(snippet: Snippet, *, body: str, html: str = "") -> Snippet:
    """Keep a text; its plain twin is made from the HTML, so that both say the same."""
    snippet.html = rich.clean(html) if html else ""
    snippet.body = rich.plain(snippet.html) if snippet.html else body
    snippet.updated_at = timezone.now()
    before = told_of(Snippet.objects.get(pk=snippet.pk)) if snippet.pk else None
    snippet.save()
    if snippet.owner_id is None or (before and before["shared"]):
        note(
            "snippet.changed" if before else "snippet.created", snippet, before=before, after=told_of(snippet)
        )
    return snippet


def told_of(snippet: Snippet) -> dict:
    """What the audit log keeps of a shared one."""
    names = ("name", "shortcut", "folder", "language", "body")
    return {name: getattr(snippet, name) for name in names} | {"shared": snippet.owner_id is None}


@transaction.atomic
def delete_snippet(snippet: Snippet) -> None:
    if snippet.owner_id is None:
        note("snippet.deleted", snippet, before=told_of(snippet))
    snippet.delete()


def note_use(snippet: Snippet) -> None:
    Snippet.objects.filter(pk=snippet.pk).update(uses=F("uses") + 1)
