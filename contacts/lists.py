"""Lists of contacts: made, renamed, filled by hand, and kept by a rule.

A rule asks what the page of contacts asks. Who changed is looked at every minute, everybody every hour: time passes too.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import filters, list_marks
from contacts.models import Contact, ContactList, ListKind, ListMember, PropertyChange
from contacts.sight import sees_everybody, visible_to
from workspaces.audit import note
from workspaces.models import Member
from workspaces.permissions import Permission

MOST = 200
CHANGED_AT_ONCE = 5_000
EVERYBODY_EVERY = timedelta(hours=1)
# What a transaction that began earlier may still write behind the mark.
OVERLAP = timedelta(minutes=2)
# A rule about lists could go round in a circle; who is deleted is on no list.
NOT_ASKED = ("list", "deleted")


def may_change(one: ContactList, member: Member) -> bool:
    return one.maker_id == member.pk or member.may(Permission.MANAGE_WORKSPACE)


def questions(member: Member) -> list[filters.Filter]:
    """What a rule may ask."""
    asked = filters.filters_for(member, filters.own_of_contacts())
    return [one for one in asked if one.key not in NOT_ASKED]


@transaction.atomic
def save_list(one: ContactList | None, *, name: str, by: Member, rule: dict | None = None) -> ContactList:
    """Make a list, or change one; with a rule it is kept by it. Raises ValidationError in words."""
    name = " ".join(name.replace("\0", "").split())
    if not 0 < len(name) <= 60:
        raise ValidationError(_("A list has a name of at most 60 characters."))
    if one is None and ContactList.objects.count() >= MOST:
        raise ValidationError(_("There are as many lists as there may be."))
    before = _told(one) if one else None
    if one and one.name != name:
        list_marks.hold(one)
    one = one or ContactList(maker=by, kind=ListKind.STATIC if rule is None else ListKind.RULE)
    one.name = name
    if one.by_rule:
        one.rule = _checked(rule or {}, by)
    try:
        with transaction.atomic():
            one.save()
    except IntegrityError:
        raise ValidationError(_("There is a list of this name already.")) from None
    note("list.changed" if before else "list.created", one, before=before, after=_told(one))
    if one.by_rule:
        fill(one)
    return one


def _told(one: ContactList) -> dict:
    return {"name": one.name, "rule": one.rule}


def _checked(rule: dict, by: Member) -> dict:
    """Only questions that exist; who is meant by "me" is written down."""
    if not sees_everybody(by):
        raise ValidationError(_("Only who sees all contacts can make a list by a rule."))
    known = {one.key: one for one in questions(by)}
    kept = {
        key: str(value) for key, value in rule.items() if _can_be_asked(known.get(key), str(value)) and value
    }
    if kept.get("owner") == "me":
        kept["owner"] = str(by.pk)
    if not kept:
        raise ValidationError(_("Choose at least one condition."))
    return kept


@transaction.atomic
def delete_list(one: ContactList) -> None:
    """Raises ValidationError in words while something uses it."""
    if used := list_marks.uses_of(one):
        raise ValidationError(_("It is used: %(what)s. Change that first.") % {"what": ", ".join(used)})
    note("list.deleted", one, before=_told(one))
    one.delete()


def with_sizes(rows: list[ContactList], member: Member) -> list[ContactList]:
    """Each knows how many of those on it the member may see, as `seen` (AC-6)."""
    counts = {one.pk: one.size for one in rows}
    if not sees_everybody(member):
        on_them = ListMember.objects.filter(
            contact_list__in=rows, contact__in=visible_to(member).filter(deleted_at=None)
        )
        counts = dict(on_them.order_by().values_list("contact_list").annotate(n=Count("pk")))
    for one in rows:
        one.seen = counts.get(one.pk, 0)  # type: ignore[attr-defined]
    return rows


# ── By hand ──


@transaction.atomic
def add(one: ContactList, contacts: Iterable[int]) -> int:
    """Put contacts on a list. Returns how many were not on it; twice is once."""
    ids = set(contacts) - set(one.rows.filter(contact__in=contacts).values_list("contact", flat=True))
    rows = [ListMember(workspace_id=one.workspace_id, contact_list=one, contact_id=pk) for pk in sorted(ids)]
    ListMember.objects.bulk_create(rows, ignore_conflicts=True)
    ContactList.objects.filter(pk=one.pk).update(size=F("size") + len(rows))
    return len(rows)


@transaction.atomic
def take_off(one: ContactList, contacts: Iterable[int]) -> int:
    gone, _each = one.rows.filter(contact__in=contacts).delete()
    ContactList.objects.filter(pk=one.pk).update(size=F("size") - gone)
    return gone


def static_lists() -> list[ContactList]:
    return list(ContactList.objects.filter(kind=ListKind.STATIC).order_by("name"))


def static_list(text: object) -> ContactList | None:
    """The list by hand that a form names by its number."""
    pk = str(text or "")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        return None
    return ContactList.objects.filter(kind=ListKind.STATIC, pk=pk).first()


# ── By a rule ──


def _belongs(one: ContactList) -> Q:
    """Whom the rule means, read with the eyes of who made it: "open" is asked of the inboxes that they see."""
    reader = one.maker or Member.objects.active().filter(workspace=one.workspace_id).order_by("pk").first()
    if reader is None:
        return Q(pk=None)
    asked = {question.key: question for question in questions(reader)}
    # A question that is gone, or an answer that cannot be chosen any more, must not open the list to everybody.
    if not one.rule or not all(_can_be_asked(asked.get(key), value) for key, value in one.rule.items()):
        return Q(pk=None)
    return filters.q_of(list(asked.values()), one.rule, reader)


def _can_be_asked(question: filters.Filter | None, value: str) -> bool:
    return question is not None and (not question.choices or value in dict(question.choices))


def preview(rule: dict, by: Member) -> tuple[int, list[Contact]]:
    """(how many, the first ten). Raises ValidationError for a rule that says nothing."""
    asked = questions(by)
    rows = Contact.objects.filter(filters.q_of(asked, _checked(rule, by), by))
    return rows.count(), list(rows.order_by("-last_seen_at", "-pk")[:10])


@transaction.atomic
def fill(one: ContactList) -> None:
    """Look at everybody."""
    one = ContactList.objects.select_for_update(of=("self",)).select_related("maker").get(pk=one.pk)
    now = timezone.now()
    _write(one, Contact.objects.all())
    one.size = one.rows.filter(contact__deleted_at=None).count()
    one.looked_at = one.counted_at = now
    one.save(update_fields=["size", "looked_at", "counted_at"])


@transaction.atomic
def catch_up(pk: int) -> None:
    """Look at whoever changed since the last time; at everybody when that is an hour ago, or too many changed."""
    rows = ContactList.objects.select_for_update(of=("self",), skip_locked=True).select_related("maker")
    one = rows.filter(pk=pk).first()
    if one is None:
        return
    now = timezone.now()
    if not one.by_rule:
        size = one.rows.filter(contact__deleted_at=None).count()
        ContactList.objects.filter(pk=pk).update(size=size, counted_at=now)
        return
    since = (one.looked_at or one.created_at) - OVERLAP
    ids = _changed_since(since)
    if one.counted_at is None or one.counted_at < now - EVERYBODY_EVERY or len(ids) > CHANGED_AT_ONCE:
        fill(one)
        return
    added, gone = _write(one, Contact.objects.filter(pk__in=ids))
    ContactList.objects.filter(pk=pk).update(looked_at=now, size=F("size") + added - gone)


def _changed_since(moment) -> list[int]:
    changed = PropertyChange.objects.filter(at__gte=moment, contact__isnull=False).values_list(
        "contact", flat=True
    )
    seen = Contact.objects.filter(last_seen_at__gte=moment, deleted_at=None).values_list("pk", flat=True)
    made = (
        Contact.objects.filter(created_at__gte=moment, pk__gt=0).order_by("-pk").values_list("pk", flat=True)
    )
    companies = PropertyChange.objects.filter(at__gte=moment, company__isnull=False).values("company")
    theirs = Contact.objects.filter(company__in=companies).values_list("pk", flat=True)
    most = CHANGED_AT_ONCE + 1
    return list(set(changed[:most]) | set(seen[:most]) | set(made[:most]) | set(theirs[:most]))


def _write(one: ContactList, among) -> tuple[int, int]:
    """(how many came, how many went) of those who are looked at."""
    on_it = Exists(ListMember.objects.filter(contact_list=one, contact=OuterRef("pk")))
    meant = _belongs(one)
    came = list(among.filter(meant).filter(~on_it).order_by("pk").values_list("pk", flat=True))
    rows = [ListMember(workspace_id=one.workspace_id, contact_list=one, contact_id=pk) for pk in came]
    ListMember.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
    went = list(
        among.filter(on_it)
        .exclude(pk__in=Contact.objects.filter(meant).values("pk"))
        .values_list("pk", flat=True)
    )
    for start in range(0, len(went), 2000):
        one.rows.filter(contact__in=went[start : start + 2000]).delete()
    return len(came), len(went)


def due() -> list[tuple[int, int]]:
    """(workspace, list) of all that are kept by a rule; of those by hand, once an hour, whose number may have moved."""
    rows = ContactList.unscoped.using("maintenance")
    stale = Q(kind=ListKind.STATIC) & (
        Q(counted_at=None) | Q(counted_at__lt=timezone.now() - EVERYBODY_EVERY)
    )
    return list(
        rows.filter(Q(kind=ListKind.RULE) | stale).order_by("looked_at").values_list("workspace_id", "pk")
    )


# ── What else asks for them ──


def of_contact(contact: Contact) -> list[ContactList]:
    return list(ContactList.objects.filter(rows__contact=contact).order_by("name"))


def as_filter(member: Member) -> filters.Filter:
    """The question of the page of contacts."""

    def ask(value: str, member: Member) -> Q:
        return Q(pk__in=ListMember.objects.filter(contact_list=int(value)).values("contact"))

    choices = [(str(pk), name) for pk, name in ContactList.objects.order_by("name").values_list("pk", "name")]
    return filters.Filter("list", _("List"), ask, choices or [("", "–")])
