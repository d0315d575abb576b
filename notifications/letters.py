"""Notifications by mail: one letter a conversation and minute, not for what was read meanwhile (NO-4, NO-7)."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from notifications.describe import RELATED, title_of, who
from notifications.models import MailCount, Notification
from notifications.topics import Topic
from workspaces.access import zone_of
from workspaces.labelled import labelled
from workspaces.mail import letter, on_site
from workspaces.models import Member
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

A_DAY = 1000
LEASE = timedelta(minutes=2)  # a mail server may be slow; after it another worker tries
TRIES = 5
MOST_SHOWN = 20
LONGEST = 2000
SALT = "parley.notifications.stop"
Group = tuple[int, int, int | None]


@dataclass(frozen=True)
class Claimed:
    """A letter to send, and the rows it speaks of."""

    mail: EmailMultiAlternatives
    ids: list[int]


def due(limit: int = 200) -> list[Group]:
    """(workspace, member, conversation) whose mail is due: ids across tenants, for the sweep."""
    rows = Notification.unscoped.using("maintenance").filter(mail_due_at__lte=timezone.now())
    groups = rows.order_by("workspace_id", "member_id", "conversation_id")
    return list(groups.values_list("workspace_id", "member_id", "conversation_id").distinct()[:limit])


def send(group: Group) -> bool:
    """Claim, leave the scope, send, note it. True when a mail left."""
    workspace_id, member_id, conversation_id = group
    with workspace_scope(workspace_id):
        claimed = _claim(member_id, conversation_id)
    if claimed is None:
        return False
    try:
        claimed.mail.send()
    except OSError as error:  # tried again when the lease is over
        log.warning("notification_mail_failed", member_id=member_id, error=str(error))
        return False
    with workspace_scope(workspace_id):
        rows = Notification.objects.filter(pk__in=claimed.ids)
        rows.update(mail_due_at=None, mailed_at=timezone.now())
    return True


def _claim(member_id: int, conversation_id: int | None) -> Claimed | None:
    now = timezone.now()
    waiting = Notification.objects.filter(member=member_id, conversation=conversation_id)
    waiting = waiting.exclude(mail_due_at=None).select_for_update(of=("self",), skip_locked=True)
    rows = list(waiting.order_by("pk"))
    if not any(row.mail_due_at <= now for row in rows):
        return None  # another worker has it
    ids = [row.pk for row in rows]
    mine = Notification.objects.filter(pk__in=ids)
    member = Member.objects.active().select_related("user", "workspace").filter(pk=member_id).first()
    readable = mine.unread().filter(mail_tries__lt=TRIES)
    readable = list(readable.of(member).select_related(*RELATED).order_by("pk")) if member else []
    if (
        member is None
        or not readable
        or not _may_send(member, readable[0].topic, now, readable[0].mail_tries)
    ):
        mine.update(mail_due_at=None)
        return None
    mine.update(mail_due_at=now + LEASE, mail_tries=F("mail_tries") + 1)
    with translation.override(language_of(member)), timezone.override(zone_of(member)):
        return Claimed(_mail(member, readable), ids)


def _may_send(member: Member, topic: str, now, tried: int) -> bool:
    """Count it, when it is tried for the first time; the thousand-and-first of a day and topic is dropped (NO-4)."""
    if tried:
        return True
    count, _new = MailCount.objects.get_or_create(member=member, topic=topic, day=now.date())
    mine = MailCount.objects.filter(pk=count.pk)
    if mine.filter(sent__lt=A_DAY).update(sent=F("sent") + 1):
        return True
    mine.update(dropped=F("dropped") + 1)
    return False


def language_of(member: Member) -> str:
    return member.user.language or member.workspace.language


# ── The words ───────────────────────────────────────────────────────────────────────────────────────────────────


def _mail(member: Member, rows: list[Notification]) -> EmailMultiAlternatives:
    first, slug = rows[0], member.workspace.slug
    link = on_site(reverse("notifications:go", args=[slug, rows[-1].pk]))
    stop = on_site(reverse("notification_stop", args=[token_for(member, first.topic)]))
    parts = [_about(first), *(_said(row) for row in rows[:MOST_SHOWN])]
    if len(rows) > MOST_SHOWN:
        parts.append(_("And %(n)s more.") % {"n": len(rows) - MOST_SHOWN})
    parts += [_("Open the conversation:") if first.conversation else _("Look at it:"), link]
    parts.append(
        _("You get this because of “%(topic)s” in %(workspace)s. Stop these mails:")
        % {"topic": Topic(first.topic).label, "workspace": member.workspace.name}
    )
    headers = {
        "Message-ID": _message_id(rows),
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "X-Auto-Response-Suppress": "All",
    }
    text = "\n\n".join([*filter(None, parts), stop])
    return letter(to=member.user.email, subject=_subject(rows), text=text, headers=headers)


def _subject(rows: list[Notification]) -> str:
    subject = rows[0].conversation.subject if rows[0].conversation else ""
    subject = rows[0].ticket.name if rows[0].ticket else subject
    return labelled(title_of(rows[0]), subject) if subject else title_of(rows[0])


def _about(row: Notification) -> str:
    if row.ticket:
        return row.ticket.name
    if row.conversation is None:
        return title_of(row)
    return " · ".join(filter(None, [who(row), row.conversation.contact_org, row.conversation.subject]))


def _said(row: Notification) -> str:
    """Who did what, and their words as a quotation: a link in them is never drawn as one of ours."""
    said = row.comment or row.message
    body = said.body.strip()[:LONGEST] if said else ""
    quoted = "\n".join(f"> {line}" for line in body.splitlines() if line.strip())
    return f"{title_of(row)}\n{quoted}" if quoted else title_of(row)


def _message_id(rows: list[Notification]) -> str:
    """The same at every try of the same rows."""
    name = salted_hmac("parley.notification", f"{rows[0].pk}.{rows[-1].pk}").hexdigest()[:32]
    return f"<{name}@{settings.MAIL_DOMAIN}>"


# ── The way out of them ─────────────────────────────────────────────────────────────────────────────────────────


def token_for(member: Member, topic: str) -> str:
    return signing.dumps([member.workspace_id, member.pk, topic], salt=SALT)


def read_token(token: str) -> tuple[Member, Topic] | None:
    """Whose mails of which topic a link stops; None for what we did not sign. It does nothing else, so it never ends."""
    try:
        workspace_id, member_id, topic = signing.loads(token, salt=SALT)
        chosen = Topic(topic)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    member = Member.objects.active().filter(pk=member_id, workspace=workspace_id).first()
    return (member, chosen) if member else None
