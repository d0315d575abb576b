"""What happens to inboxes when something happens to people."""

from inboxes.models import InboxAccess


def forget_access_of(member, **told) -> None:
    """Somebody who comes back is let in anew, by a decision of that day."""
    InboxAccess.objects.filter(member=member).delete()
