"""Asking for reactions that are owed on request: whoever asked for none pays nothing for them."""

from events.dispatch import Reaction, name_of
from events.models import Interest
from workspaces.scope import current_workspace_id


def ask_for(reaction: Reaction, types: tuple[str, ...]) -> None:
    """From now on `reaction` is owed for these events of the workspace. Asking twice is harmless."""
    name = name_of(reaction)
    known = set(Interest.objects.filter(name=name).values_list("type", flat=True))
    missing = [
        Interest(workspace_id=current_workspace_id(), type=type, name=name)
        for type in types
        if type not in known
    ]
    if missing:
        Interest.objects.bulk_create(missing, ignore_conflicts=True)
