"""Contacts as you type: by name, address, phone or company, over a trigram index."""

from django.db import connection
from django.db.models import Case, IntegerField, Value, When

from contacts.models import Contact
from workspaces.scope import current_workspace_id

MOST = 8


def find_contacts(typed: str, *, leave_out: int = 0, most: int = MOST) -> list[Contact]:
    """Return up to `most` contacts of the workspace in scope that match every word typed, best first.

    The function in the database walks the index that row policies would keep PostgreSQL from using; what it names is
    loaded through the policies again (PERFORMANCE B3).
    """
    words = typed.lower().split()[:6]
    if not words or len("".join(words)) < 2:
        return []
    with connection.cursor() as cursor:
        cursor.execute("select contacts_find(%s, %s, %s)", [current_workspace_id(), words, most + 1])
        ids = [pk for (pk,) in cursor.fetchall() if pk != leave_out][:most]
    order = Case(*(When(pk=pk, then=Value(n)) for n, pk in enumerate(ids)), output_field=IntegerField())
    return list(Contact.objects.select_related("company").filter(pk__in=ids).order_by(order)) if ids else []
