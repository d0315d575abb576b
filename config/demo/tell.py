"""Play the stories through the same verbs as life, then set the clock back on what they wrote."""

import secrets
import uuid
from datetime import datetime

from django.db import connection
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from chatflows.models import Chatflow
from chatflows.widget.config import welcome_of
from config.demo import tickets
from config.demo.clock import moment
from config.demo.stories.story import Step, Story
from config.demo.team import House
from contacts.models import Contact, ContactAddress, Visitor
from conversations.actions import assign, comment, save_draft, send_reply, set_status
from conversations.append import Appended
from conversations.models import (
    Conversation,
    ConversationDetail,
    ConversationLabel,
    Delivery,
    Label,
    Message,
    MessageKind,
    ReadMark,
    Status,
)
from conversations.receive import Inbound, receive
from events.dispatch import Bell
from tickets.models import Ticket
from workspaces.models import hash_token

# How far our answers got: a mail server says no more than "taken".
DELIVERED = {"chat": Delivery.READ, "messenger": Delivery.READ, "email": Delivery.SENT, "form": Delivery.SENT}
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"


class Teller:
    """Tells stories inside the scope of the house. `finish()` must follow: until then every row says now.

    `bells` is what `history()` gave: each event that the verbs record stands in it.
    """

    def __init__(self, house: House, contacts: dict[str, Contact], now: datetime, bells: list[Bell]):
        self.house, self.contacts, self.now = house, contacts, now
        self.bells = bells
        self.labels = {label.name: label for label in Label.objects.all()}
        self.addresses = {(row.contact_id, row.kind): row.value for row in ContactAddress.objects.all()}
        self.visitors: dict[str, Visitor] = {}
        # (row, time) pairs for each table, written at once at the end.
        self.event_times: list[tuple[int, datetime]] = []
        self.message_times: list[tuple[int, datetime]] = []
        self.comment_times: list[tuple[int, datetime]] = []
        self.marks: list[ConversationLabel] = []
        self.told: list[Telling] = []

    def tell(self, story: Story) -> None:
        telling = Telling(self, story)
        self.bells.clear()
        for number, step in enumerate(story.steps):
            telling.play(step)
            if not number:
                tickets.begin(telling)
            self._date_events(telling)
        telling.end()
        self.told.append(telling)

    def _date_events(self, telling: "Telling") -> None:
        new = {bell.event for bell in self.bells if bell.conversation == telling.conversation_id}
        self.event_times += [(pk, telling.at) for pk in sorted(new)]
        self.bells.clear()

    def finish(self, chat: Chatflow) -> None:
        """Set every time back, count everything as sent and read, and what began on the website as begun there."""
        set_times("events_event", self.event_times)
        set_times("conversations_message", self.message_times)
        set_times("conversations_comment", self.comment_times)
        self._deliver()
        self._date_conversations(chat)
        tickets.settle(self.told, self.now)
        self._mark_read()
        ConversationLabel.objects.bulk_create(self.marks)

    def _deliver(self) -> None:
        """What the demo sent counts as arrived: nothing may leave the house for it."""
        queued = Message.objects.filter(delivery=Delivery.QUEUED)
        for kind, delivery in DELIVERED.items():
            queued.filter(channel_kind=kind).update(delivery=delivery)

    def _date_conversations(self, chat: Chatflow) -> None:
        conversations, details = [], []
        ids = [telling.conversation_id for telling in self.told]
        detail_of = {
            row.conversation_id: row for row in ConversationDetail.objects.filter(conversation__in=ids)
        }
        for telling in self.told:
            row = telling.conversation
            row.last_activity_at, row.closed_at = telling.active_at, telling.closed_at
            conversations.append(row)
            detail = detail_of[row.pk]
            detail.assigned_at, detail.first_response_at = telling.assigned_at, telling.answered_at
            detail.delivered_seq = detail.seen_seq = telling.seen_seq
            detail.seen_at = telling.active_at if telling.seen_seq else None
            if telling.channel.pk == chat.channel_id:
                detail.chatflow, detail.flow_version = chat.pk, chat.published_id
            details.append(detail)
        Conversation.objects.bulk_update(conversations, ["last_activity_at", "closed_at"])
        last = Conversation.objects.filter(contact=OuterRef("pk")).order_by("-last_activity_at")
        seen = Subquery(last.values("last_activity_at")[:1])
        Contact.objects.update(last_seen_at=Coalesce(seen, F("created_at")))
        times = [
            "assigned_at",
            "first_response_at",
            "delivered_seq",
            "seen_seq",
            "seen_at",
            "chatflow",
            "flow_version",
        ]
        ConversationDetail.objects.bulk_update(details, times)

    def _mark_read(self) -> None:
        """Everybody has read everything, but for the stories that say otherwise."""
        read = [telling for telling in self.told if not telling.story.unread]
        marks = [
            ReadMark(
                workspace=self.house.workspace,
                conversation_id=telling.conversation_id,
                member=member,
                seq=telling.last_seq,
            )
            for telling in read
            for member in self.house.members.values()
        ]
        ReadMark.objects.bulk_create(
            marks, update_conflicts=True, unique_fields=["conversation", "member"], update_fields=["seq"]
        )

    def visitor_of(self, story: Story, at: datetime) -> Visitor:
        """The browser of a story's writer; one who is no contact stays a name they gave."""
        if story.who not in self.visitors:
            contact = self.contacts.get(story.who)
            self.visitors[story.who] = Visitor.objects.create(
                channel_id=self.house.channels["chat"].pk,
                token_hash=hash_token(secrets.token_urlsafe(32)),
                contact=contact,
                claimed_name="" if contact else story.who,
                language=story.language,
                page_url=page_url(story.page),
                user_agent=BROWSER,
                created_at=at,
                last_seen_at=at,
            )
        return self.visitors[story.who]


class Telling:
    """One story while it is told: where its clock stands, and what the end must write."""

    def __init__(self, teller: Teller, story: Story):
        self.teller, self.story = teller, story
        self.channel = teller.house.channels[story.channel]
        self.at = self.active_at = self.told_at = moment(story.begins, teller.now)
        self.conversation_id = 0
        self.ticket: Ticket | None = None
        self.thread_id = ""
        self.last_seq = 0
        self.assigned_at: datetime | None = None
        self.answered_at: datetime | None = None
        self.closed_at: datetime | None = None

    @property
    def seen_seq(self) -> int:
        return self.last_seq if self.channel.kind in ("chat", "messenger") else 0

    @property
    def conversation(self) -> Conversation:
        return Conversation(pk=self.conversation_id, workspace_id=self.channel.workspace_id)

    def play(self, step: Step) -> None:
        self.at = moment(step.after, self.at)
        getattr(self, f"_{step.verb}")(step, self.teller.house.members.get(step.who))

    def _receive(self, step: Step, _by) -> None:
        first = not self.conversation_id
        self._wrote(receive(self._inbound(step.text, first)))
        self.closed_at = None
        if first:
            greeting = Message.objects.filter(conversation=self.conversation_id, kind=MessageKind.WELCOME)
            self.teller.message_times += [(pk, self.at) for pk in greeting.values_list("pk", flat=True)]

    def _inbound(self, body: str, first: bool) -> Inbound:
        story, teller = self.story, self.teller
        fields: dict = {"language": story.language, "sent_at": self.at}
        if self.channel.kind == "chat":
            visitor = teller.visitor_of(story, self.at)
            where = {"starts_new": True} if first else {"conversation_id": self.conversation_id}
            greeting = welcome_of(self.channel, story.language)
            fields |= where | {"visitor": visitor, "greeting": greeting, "page_url": page_url(story.page)}
        else:
            fields |= self._envelope(first)
        return Inbound(channel=self.channel, body=body, **fields)

    def _envelope(self, first: bool) -> dict:
        """What a mail, a form or a page's message carries beyond its text."""
        contact = self.teller.contacts[self.story.who]
        kind = "messenger" if self.channel.kind == "messenger" else "email"
        external_id = f"<{uuid.uuid4()}@atelier-lumen.example>"
        fields: dict = {"address": self.teller.addresses[contact.pk, kind], "external_id": external_id}
        if not first:
            return fields | {"in_reply_to": (self.thread_id,)}
        self.thread_id = external_id
        return fields | {"subject": self.story.subject, "extra": self._extra()}

    def _extra(self) -> dict:
        return {"answers": self.story.answers} if self.story.answers else {}

    def _reply(self, step: Step, by) -> None:
        self._wrote(send_reply(self.conversation, body=step.text, by=by))
        self.answered_at = self.answered_at or self.at
        self.assigned_at = self.assigned_at or self.at
        self.closed_at = None

    def _wrote(self, appended: Appended) -> None:
        self.conversation_id, self.last_seq = appended.conversation_id, appended.seq
        self.teller.message_times.append((appended.message_id, self.at))
        self.active_at = self.at

    def _comment(self, step: Step, by) -> None:
        row = comment(self.conversation, body=step.text, by=by)
        self.teller.comment_times.append((row.pk, self.at))
        self.active_at = self.at

    def _assign(self, step: Step, by) -> None:
        house = self.teller.house
        to = house.members.get(step.text) or house.teams[step.text]
        assign(self.conversation, to=to, by=by, reason="by_hand" if by else "rule")
        self.assigned_at = self.at

    def _close(self, _step: Step, by) -> None:
        set_status(self.conversation, Status.CLOSED, by=by)
        self.closed_at = self.at

    def _reopen(self, _step: Step, by) -> None:
        set_status(self.conversation, Status.OPEN, by=by)
        self.closed_at = None

    def end(self) -> None:
        self.teller.marks += [
            ConversationLabel(
                workspace=self.teller.house.workspace,
                conversation_id=self.conversation_id,
                label=self.teller.labels[name],
            )
            for name in self.story.labels.split()
        ]
        who, body = self.story.draft
        if who:
            save_draft(self.conversation, body=body, mode="reply", by=self.teller.house.members[who])


def set_times(table: str, times: list[tuple[int, datetime]]) -> None:
    """Write `created_at` of many rows in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET created_at = t.at FROM unnest(%s::bigint[], %s::timestamptz[]) AS t(id, at) "  # noqa: S608
            f"WHERE {table}.id = t.id",
            [[pk for pk, _ in times], [at for _, at in times]],
        )


def page_url(page: str) -> str:
    return f"https://www.atelier-lumen.example{page}" if page else ""
