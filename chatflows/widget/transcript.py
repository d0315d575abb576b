"""A conversation as a file of plain text, for the visitor to keep: what was said, and nothing else (T069)."""

from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chatflows.widget import chat, limits
from chatflows.widget.config import choose_language, texts_of
from chatflows.widget.door import Call, Turned, for_visitors
from chatflows.widget.hidden import is_hidden
from conversations.models import Conversation, Direction
from workspaces.zones import zone_names

MOST = 5000


@for_visitors
def transcript(call: Call) -> HttpResponse:
    """GET ?conversation=&zone=: the text, times in the visitor's own zone."""
    limits.take(limits.READ_BY_VISITOR, call.visitor.pk)
    conversation = chat.find_mine(call.visitor, call.request.GET.get("conversation"))
    if conversation is None:
        raise Turned(404, "conversation")
    language = choose_language(call.channel, call.visitor.language)
    with translation.override(language), timezone.override(_zone(call.request.GET.get("zone", ""))):
        text = _written(conversation, call.visitor.contact_id, texts_of(call.channel, language)["name"])
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name if name in zone_names() else "UTC")


def _written(conversation: Conversation, contact_id: int | None, team: str) -> str:
    head = _("Chat with {name}").format(name=team)
    parts = [f"{head}\n{timezone.localtime().tzname()}"]
    for message in conversation.messages.order_by("seq").prefetch_related("attachments")[:MOST]:
        if is_hidden(message, contact_id):
            continue
        who = _("You") if message.direction == Direction.IN else message.author_name or team
        at = timezone.localtime(message.created_at).strftime("%Y-%m-%d %H:%M")
        files = [f"[{attachment.name}]" for attachment in message.attachments.all()]
        parts.append("\n".join([f"{at}  {who}", *filter(None, [message.body]), *files]))
    return "\n\n".join(parts) + "\n"
