"""Contacts as you type: by name, address, phone or company, over a trigram index."""

from django.db import connection
from django.db.models import Case, IntegerField, Value, When

from contacts.models import Contact
from contacts.phones import looked_for
from workspaces.scope import current_workspace_id

MOST = 8


def find_contacts(typed: str, *, leave_out: int = 0, most: int = MOST) -> list[Contact]:
    """Return up to `most` contacts of the workspace in scope that match every word typed, best first."""
    ids = [pk for pk in find_ids(typed, most + 1) if pk != leave_out][:most]
    order = Case(*(When(pk=pk, then=Value(n)) for n, pk in enumerate(ids)), output_field=IntegerField())
    return list(Contact.objects.select_related("company").filter(pk__in=ids).order_by(order)) if ids else []


def find_ids(typed: str, most: int) -> list[int]:
    """Their ids alone, best first; fewer than two letters find nobody.

    The function in the database walks the index that row policies would keep PostgreSQL from using; what it names is
    loaded through the policies again (PERFORMANCE B3).
    """
    number = looked_for(typed)
    words = [number] if number else typed.replace("\x00", "").lower().split()[:6]
    if len("".join(words)) < 2:
        return []
    with connection.cursor() as cursor:
        cursor.execute("select contacts_find(%s, %s, %s)", [current_workspace_id(), words, most])
        return [pk for (pk,) in cursor.fetchall()]
