"""Contacts as you type: by name, address, phone or company, over a trigram index."""

from django.db import connection
from django.db.models import Case, IntegerField, Value, When

from contacts.models import Contact
from contacts.phones import looked_for
from contacts.sight import sees_everybody, visible_to
from workspaces.models import Member
from workspaces.scope import current_workspace_id

MOST = 8
FOUND = 1000  # as many hits of a search are looked at; whoever has more types on


def find_contacts(typed: str, member: Member, *, leave_out: int = 0, most: int = MOST) -> list[Contact]:
    """Return up to `most` contacts that this member may see and that match every word typed, best first (AC-6)."""
    everybody = sees_everybody(member)
    ids = [pk for pk in find_ids(typed, most + 1 if everybody else FOUND) if pk != leave_out]
    if not ids:
        return []
    ids = ids[:most] if everybody else ids
    order = Case(*(When(pk=pk, then=Value(n)) for n, pk in enumerate(ids)), output_field=IntegerField())
    rows = visible_to(member).select_related("company").filter(pk__in=ids)
    return list(rows.order_by(order)[:most])


def find_ids(typed: str, most: int) -> list[int]:
    """Their ids alone, best first; fewer than two letters find nobody.

    The function in the database walks the index that row policies would keep PostgreSQL from using; what it names is
    loaded through the policies again.
    """
    number = looked_for(typed)
    words = [number] if number else typed.replace("\x00", "").lower().split()[:6]
    if len("".join(words)) < 2:
        return []
    with connection.cursor() as cursor:
        cursor.execute("select contacts_find(%s, %s, %s)", [current_workspace_id(), words, most])
        return [pk for (pk,) in cursor.fetchall()]
