"""What a bot does beside talking: each effect of the machine, carried out inside the session's transaction.

An effect that asks for something (it carries a `job`) is answered at once when we know the answer ourselves. Rooms that
come above this one register what they do with `register`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from chatflows import articles, handover, meetings
from chatflows.models import FlowSession
from contacts.actions import AddressTaken, find_or_create_contact, set_property
from contacts.companies import save_company
from contacts.custom import field_of, fillable, kept, set_values
from contacts.models import Company, Contact, ContactAddress, Visitor
from contacts.properties import BY_KEY
from conversations.models import Comment, Conversation, ConversationDetail
from events.record import record
from events.types import CONVERSATION_CONTACT_CHANGED, RULE_ASKED

log = structlog.get_logger(__name__)

# What a bot may write of a contact; the owner is for people to decide.
WRITABLE = ("name", "email", "phone", "job_title", "company", "language", "time_zone", "city")


@dataclass
class Doing:
    """One session at work, its conversation locked."""

    session: FlowSession
    conversation: Conversation
    bot: str

    @property
    def visitor(self) -> Visitor | None:
        return self.conversation.visitor


Doer = Callable[[Doing, dict], Any]
DOERS: dict[str, Doer] = {}


def register(what: str) -> Callable[[Doer], Doer]:
    def keep(doer: Doer) -> Doer:
        DOERS[what] = doer
        return doer

    return keep


def carry_out(doing: Doing, effect: dict) -> dict | None:
    """Do it; for one that asks, the answer (None: it comes later)."""
    doer = DOERS.get(effect["do"])
    if doer is None:
        log.info("bot_cannot", what=effect["do"], session_id=doing.session.pk)
        return {"ok": False}
    return doer(doing, effect)


# ── What the visitor says of themselves ──


@register("learn")
def learn(doing: Doing, effect: dict) -> None:
    room, _dot, key = effect["property"].partition(".")
    if room == "conversation":
        _set_custom(
            ConversationDetail.objects.get(conversation=doing.conversation),
            "conversation",
            key,
            effect["value"],
        )
    elif room == "contact":
        _claim(doing, key, effect["value"])


def _claim(doing: Doing, key: str, value: Any) -> None:
    """Kept as what the visitor claims; written on a contact only when that is theirs beyond doubt, or new (T064)."""
    if key == "email":
        _claim_email(doing, str(value))
        return
    said = doing.session.state["said"]
    if key in ("name", "first_name", "last_name"):
        name = said.get("contact.name") or " ".join(
            part for part in (said.get("contact.first_name"), said.get("contact.last_name")) if part
        )
        key, value = "name", name
        if doing.visitor:
            Visitor.objects.filter(pk=doing.visitor.pk).update(claimed_name=name[:200])
        if doing.conversation.contact is None:
            doing.conversation.contact_name = name[:200]
            doing.conversation.save(update_fields=["contact_name"])
    if doing.conversation.contact and not getattr(doing.conversation.contact, key, ""):
        write(doing.conversation.contact, key, value)


def _claim_email(doing: Doing, address: str) -> None:
    """A label. Nobody's address makes a new contact of this conversation; somebody's opens and merges nothing (TR-6)."""
    if doing.visitor:
        Visitor.objects.filter(pk=doing.visitor.pk).update(claimed_email=address)
    contact = doing.conversation.contact
    if contact is not None:
        if not contact.email:
            write(contact, "email", address)
        return
    if ContactAddress.objects.filter(kind="email", value=address).exists():
        return
    made = find_or_create_contact(kind="email", address=address, language=doing.conversation.language)
    link(doing.conversation, made)
    for name, value in doing.session.state["said"].items():
        if name.startswith("contact.") and name != "contact.email":
            _claim(doing, name.partition(".")[2], value)


def link(conversation: Conversation, contact: Contact) -> None:
    """The conversation is this contact's. The visitor's browser is not: it proved nothing."""
    conversation.contact = contact
    conversation.contact_name = contact.called[:200]
    conversation.version += 1
    conversation.save(update_fields=["contact", "contact_name", "version"])
    record(CONVERSATION_CONTACT_CHANGED, conversation, actor_kind="bot", contact=contact.pk, previous=None)


def write(contact: Contact, key: str, value: Any) -> bool:
    """Set one property, its own or one the workspace made. What does not fit is left out; whether it was written."""
    try:
        if key in WRITABLE and key in BY_KEY:
            contact.refresh_from_db()
            set_property(contact, key, ", ".join(value) if isinstance(value, list) else str(value), how="bot")
            contact.refresh_from_db()
            return True
        return _set_custom(contact, "contact", key, value)
    except (ValidationError, AddressTaken):
        return False


def _set_custom(row: Any, about: str, key: str, value: Any) -> bool:
    one = next((one for one in fillable(about) if one.key == key), None)
    if one is None:
        return False
    try:
        set_values(row, {key: kept(field_of(one).clean(value))}, how="bot")
    except ValidationError:
        return False
    return True


@register("set")
def set_(doing: Doing, effect: dict) -> None:
    """Skipped in silence when there is nobody to write it of."""
    contact = doing.conversation.contact
    if contact is None:
        return
    # The builder suggests "contact.p7", as everywhere in a flow.
    key = effect["property"].removeprefix(f"{effect['of']}.")
    if effect["of"] == "contact":
        write(contact, key, effect["value"])
    elif contact.company:
        _write_company(contact.company, key, effect["value"])


def _write_company(company: Company, key: str, value: str) -> None:
    """Its name, its domain, or a property that the workspace made. What does not fit is left out."""
    if key not in ("name", "domain"):
        _set_custom(company, "company", key, value)
        return
    words = {"name": company.name, "domain": company.domain, key: value[:200]}
    try:
        save_company(company, **words, how="bot")
    except ValidationError:
        return


# ── What it asks, and whom it tells ──


@register("find")
def find(doing: Doing, effect: dict) -> dict:
    found = articles.find(effect["words"], doing.conversation.language)
    return {"found": [{"title": one.title, "url": one.url} for one in found]}


@register("handover")
def hand_over(doing: Doing, effect: dict) -> dict:
    return handover.hand_over(doing.session, doing.conversation, effect)


@register("slots")
def slots(doing: Doing, effect: dict) -> dict:
    return meetings.slots_for(effect, doing.conversation.inbox, doing.session.facts.get("visitor.zone", ""))


@register("book")
def book(doing: Doing, effect: dict) -> dict:
    return meetings.book(effect, doing.conversation, doing.session.facts.get("visitor.zone", ""))


@register("rule")
def rule(doing: Doing, effect: dict) -> None:
    record(RULE_ASKED, doing.conversation, actor_kind="bot", rule=effect["rule"], session=doing.session.pk)


@register("subscribe")
def subscribe(doing: Doing, effect: dict) -> None:
    """A consent is written where everybody who answers sees it, with its words and the hour (the comment's own)."""
    told = {
        "subscription": effect["subscription"],
        "email": effect.get("email") or "",
        "basis": effect["basis"],
    }
    words = _("Agreed to “%(subscription)s” for %(email)s (%(basis)s):") % told
    Comment.objects.create(
        conversation=doing.conversation,
        author_name=doing.bot,
        body=f"{words}\n{effect['text']}\n→ {effect['label']}",
    )


@register("log")
def note_trouble(doing: Doing, effect: dict) -> None:
    log.warning("bot_went_round", session_id=doing.session.pk, step=effect.get("step"))


@register("end")
@register("reached")
@register("answered")
def count_only(doing: Doing, effect: dict) -> None:
    """Counted where the session goes on, once it is certain."""
