"""A kept submission becomes a conversation (FO-1 to FO-5): what it says, who says it, and what is only claimed."""

import json
import secrets
import uuid
from datetime import datetime

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from channels_app.email import payloads
from channels_app.form import definition
from channels_app.form.definition import Field, Form
from channels_app.form.fields import in_words
from channels_app.form.people import await_proof, name_company, write_company, write_properties
from channels_app.models import FormVersion, InboundPayload
from contacts.actions import find_or_create_contact
from contacts.custom import answered, set_values
from contacts.models import About, Contact, ContactAddress, Visitor
from conversations.append import Appended
from conversations.models import Attachment, ConversationDetail
from conversations.receive import Inbound, receive
from inboxes.filters import Facts, Verdict, judge, rules_for
from workspaces.models import hash_token
from workspaces.scope import workspace_scope


def take_in(workspace_id: int, payload: InboundPayload) -> Appended | None:
    """Write the conversation, and that the payload was understood, together. None when another worker did."""
    with workspace_scope(workspace_id):
        rows = InboundPayload.objects.select_for_update(of=("self",)).select_related(
            "channel__inbox", "channel__workspace"
        )
        mine = rows.filter(pk=payload.pk, processed_at=None).first()
        if mine is None:
            return None
        said = json.loads(bytes(mine.body))
        version = FormVersion.objects.get(pk=said["version"], channel=mine.channel)
        form = definition.read(version.definition)
        with translation.override(mine.channel.inbox.language or mine.channel.workspace.language):
            inbound = _inbound(mine, form, said)
        appended = receive(inbound)
        if own := answered(About.CONVERSATION, inbound.extra["form"]["maps"]):
            set_values(ConversationDetail.objects.get(conversation=appended.conversation_id), own)
        visitor = inbound.visitor
        waits = inbound.extra["form"]["company_waits"] or (visitor and visitor.contact_id is None)
        if visitor and visitor.claimed_email and waits:
            await_proof()
        payloads.finish([(mine, appended.message_id)])
        return appended


def _inbound(payload: InboundPayload, form: Form, said: dict) -> Inbound:
    shown = [one for one in form.fields if one.key in said["shown"]]
    name, email = _name_of(form, said), _first(said, form.email())
    verdict = _verdict(email, trapped=said["trap"])
    maps = _maps(shown, said)
    contact, waits = (None, False) if verdict.place else _newcomer(name, email, maps)
    visitor = _visitor(payload, said, name, email, contact)
    keys = tuple(uuid.UUID(key) for _field, key, _name in said["files"])
    waiting = Attachment.objects.filter(storage_key__in=keys, message=None, visitor=None, uploader=None)
    waiting.update(visitor=visitor)
    answers = _answers(shown, said)
    return Inbound(
        channel=payload.channel,
        body="\n".join(f"{label}: {value}" for label, value in answers),
        visitor=visitor,
        starts_new=True,  # FO-4
        external_id=f"form:{payload.external_id}",
        subject=_subject(form, said),
        language=said["language"],
        page_url=said["page"],
        sent_at=payload.received_at,
        files=keys,
        aside=verdict.place,
        aside_reason=verdict.reason,
        extra={
            "answers": answers,
            "form": {
                "version": said["version"],
                "maps": maps,
                "consents": _consents(shown, said),
                "company_waits": waits,
            },
            # Whom an answer goes to: a label until they answer from there (T064).
            **({"mail": {"from": {"name": name, "address": email}}} if email else {}),
        },
    )


# ── What it says ────────────────────────────────────────────────────────────────────────────────────────────────


def _answers(shown: list[Field], said: dict) -> list[list[str]]:
    """Label and answer of each field, in the form's order; the page last (FO-3). Empty answers are left out."""
    names: dict[str, list[str]] = {}
    for key, _stored, name in said["files"]:
        names.setdefault(key, []).append(name)
    pairs = []
    for one in shown:
        if one.kind == "consent":
            value = _agreed(one, said)
        else:
            value = in_words(one, names.get(one.key, []) if one.kind == "file" else said["values"][one.key])
        if value:
            pairs.append([one.label, value])
    return [*pairs, [_("Page"), said["page"]]] if said["page"] else pairs


def _agreed(one: Field, said: dict) -> str:
    """What was agreed to, word for word, and when (FO-5)."""
    if not said["values"][one.key]:
        return ""
    at = timezone.localtime(datetime.fromisoformat(said["at"]))
    told = {"time": date_format(at, "SHORT_DATETIME_FORMAT"), "zone": at.tzname(), "text": one.text}
    return _("Agreed, %(time)s %(zone)s: %(text)s") % told


def _maps(shown: list[Field], said: dict) -> dict[str, list[str]]:
    """{property: answers} of what the form's maker had written down; of two fields for one, the first with an answer."""
    maps: dict[str, list[str]] = {}
    for one in shown:
        if one.maps_to and (values := said["values"].get(one.key)):
            maps.setdefault(one.maps_to, [in_words(one, values)] if one.kind == "check" else values)
    return maps


def _consents(shown: list[Field], said: dict) -> list[dict]:
    agreed = [one for one in shown if one.kind == "consent" and said["values"][one.key]]
    return [{"field": one.key, "text": one.text, "at": said["at"]} for one in agreed]


def _subject(form: Form, said: dict) -> str:
    asked = form.get(form.subject)
    return " ".join((_first(said, asked) or form.title).split())[:300]


def _first(said: dict, one: Field | None) -> str:
    values = said["values"].get(one.key, []) if one else []
    return values[0] if values else ""


def _name_of(form: Form, said: dict) -> str:
    return _first(said, next((one for one in form.fields if one.maps_to == "name"), None))[:200]


# ── Who says it ─────────────────────────────────────────────────────────────────────────────────────────────────


def _verdict(email: str, *, trapped: bool) -> Verdict:
    """Spam is kept where it can be seen: a field that people do not see was filled in, or by the lists (SP-3, ST-5)."""
    if trapped:
        return Verdict("spam", "trap")
    if not email:
        return Verdict()
    known = ContactAddress.objects.filter(kind="email", value=email.lower())
    is_blocked = known.exclude(contact__blocked_at=None).exists()
    return judge(
        Facts(sender=email.lower(), is_contact=known.exists(), is_blocked=is_blocked),
        rules_for(email.lower()),
    )


def _newcomer(name: str, email: str, maps: dict[str, list[str]]) -> tuple[Contact | None, bool]:
    """(a contact for an address that nobody has; whether what is said of their company waits for proof). An address that
    somebody has proves nothing: it is a label (TR-6, T064)."""
    if not email or ContactAddress.objects.filter(kind="email", value=email.lower()).exists():
        return None, False
    began = timezone.now()
    contact = find_or_create_contact(kind="email", address=email, name=name)
    name_company(contact, maps, made_since=began)
    write_properties(contact, maps)
    contact.refresh_from_db()
    return contact, not write_company(contact, maps, made_since=began)


def _visitor(payload: InboundPayload, said: dict, name: str, email: str, contact: Contact | None) -> Visitor:
    return Visitor.objects.create(
        channel_id=payload.channel_id,
        token_hash=hash_token(secrets.token_urlsafe(32)),  # nobody holds it: a form is sent and gone
        contact=contact,
        claimed_name=name,
        claimed_email=email[:254],
        language=said["language"],
        page_url=said["page"],
        user_agent=said["agent"],
    )
