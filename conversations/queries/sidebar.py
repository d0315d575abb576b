"""What stands beside a thread: who writes, their company, their files, what they wrote before (SB-1)."""

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.models import Company, Contact
from contacts.properties import as_line, named
from conversations.models import Attachment, Conversation
from conversations.queries.thread import file_view
from workspaces.models import Member, hue_of, initials_of
from workspaces.pictures import address_of
from workspaces.templatetags.browsers import browser

PAST = 6
FILES = 6
_beside: list[Callable[[Conversation, Member], dict | None]] = []


def register(part: Callable[[Conversation, Member], dict | None]) -> None:
    """A room above shows something about who writes: {key, label, facts: [{label, value, url}], verb: {url, label}}, or None."""
    if part not in _beside:
        _beside.append(part)


def sidebar_of(conversation: Conversation, member: Member, *, edits: bool = False) -> dict:
    """Everything the sidebar shows to `member`, of a conversation loaded with its surroundings; `edits` says whether they
    may change it.

    A visitor is what they told of themselves, marked as a claim (TR-6).
    """
    contact = conversation.contact
    name = conversation.contact_name or _("Visitor")
    parts = [
        _company_section(contact.company, conversation.company_people) if contact else None,
        _browser_section(conversation),
        *(part and _section(**part) for part in (make(conversation, member) for make in _beside)),
        _past_section(conversation, member),
        _files_section(conversation, member),
    ]
    return {
        "name": name,
        "line": _line(contact) if contact else _("Visitor, not identified"),
        "initials": initials_of(name),
        "hue": hue_of(name),
        "picture": next(
            (address_of(one["avatar"]) for one in conversation.addresses or () if one["avatar"]), ""
        ),
        "since": contact.created_at if contact else None,
        "contact": contact,
        "visitor": conversation.visitor,
        "is_blocked": bool(
            (contact or conversation.visitor) and (contact or conversation.visitor).blocked_at
        ),
        "properties": [as_line(contact, one) for one in named(conversation.card)] if contact else [],
        "facts": [] if contact else _visitor_facts(conversation),
        "addresses": conversation.addresses,
        "merges": conversation.merges if edits else [],
        "sections": [part for part in parts if part],
        "edits": edits,
    }


def _line(contact: Contact) -> str:
    return ", ".join(filter(None, [contact.job_title, contact.company.name if contact.company else ""]))


def _visitor_facts(conversation: Conversation) -> list[dict]:
    visitor = conversation.visitor
    pairs = [
        (_("Says to be"), visitor.claimed_name if visitor else ""),
        (_("Claims the address"), visitor.claimed_email if visitor else ""),
    ]
    return [{"label": label, "value": value, "url": ""} for label, value in pairs if value]


def _browser_section(conversation: Conversation) -> dict | None:
    """The page a chat came from and the browser it is in; mail has neither."""
    visitor, detail = conversation.visitor, getattr(conversation, "detail", None)
    if visitor is None:
        return None
    pairs = [
        (_("On the page"), visitor.page_url),
        (_("First page"), detail.first_url if detail else ""),
        (_("Came from"), detail.referrer if detail else ""),
        (_("Browser"), browser(visitor.user_agent) if visitor.user_agent else ""),
    ]
    facts = [{"label": label, "value": value, "url": ""} for label, value in pairs if value]
    return facts and _section("browser", _("On your site"), facts=facts) or None


def _company_section(company: Company | None, people: int) -> dict | None:
    if company is None:
        return None
    text = ngettext("%(n)s contact", "%(n)s contacts", people) % {"n": people}
    pairs = [(_("Name"), company.name), (_("Domain"), company.domain), (_("People"), text)]
    facts = [{"label": label, "value": value, "url": ""} for label, value in pairs if value]
    return _section("company", _("Company"), facts=facts)


def _past_section(conversation: Conversation, member: Member) -> dict | None:
    found = past_of(conversation, member)
    if not found["links"]:
        return None
    return _section("past", _("Past conversations"), **found)


def past_of(conversation: Conversation, member: Member, *, before: int = 0) -> dict:
    """Other conversations of the same person that the reader may see, newest first: {links, more_url}."""
    same = _of_same_person(conversation, member).exclude(pk=conversation.pk)
    if before:
        same = same.filter(pk__lt=before)
    rows = list(same.order_by("-pk")[: PAST + 1])
    slug = member.workspace.slug
    more = reverse("conversations:past", args=[slug, conversation.pk])
    return {
        "links": [
            {
                "url": reverse("conversations:open", args=[slug, row.pk]),
                "text": row.subject or row.preview,
                "kind": row.channel_kind,
                "at": row.last_activity_at,
                "lang": row.language,
            }
            for row in rows[:PAST]
        ],
        "more_url": f"{more}?before={rows[PAST - 1].pk}" if len(rows) > PAST else "",
    }


def _files_section(conversation: Conversation, member: Member) -> dict | None:
    same = _of_same_person(conversation, member) | Conversation.objects.visible_to(member).filter(
        pk=conversation.pk
    )
    files = Attachment.objects.filter(message__conversation__in=same.values("pk")).order_by("-pk")[:FILES]
    shown_files = [file_view(file, member.workspace.slug) for file in files]
    return _section("files", _("Files"), files=shown_files) if shown_files else None


def _of_same_person(conversation: Conversation, member: Member):
    rows = Conversation.objects.visible_to(member).present()
    if conversation.contact_id:
        return rows.filter(contact=conversation.contact_id)
    if conversation.visitor_id:
        return rows.filter(visitor=conversation.visitor_id)
    return rows.none()


def _section(key: str, label: str, *, facts=(), links=(), files=(), more_url: str = "", verb=None) -> dict:
    return {
        "key": key,
        "label": label,
        "count": None,
        "open": key != "files",
        "facts": facts,
        "links": links,
        "files": files,
        "more_url": more_url,
        "verb": verb,
    }
