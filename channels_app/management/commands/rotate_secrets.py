"""`./parley manage rotate_secrets`: seal the credentials of every mailbox again, under the newest key."""

from django.core.management.base import BaseCommand

from channels_app.email.mailbox.account import about
from channels_app.models import Mailbox
from workspaces.scope import workspace_scope
from workspaces.sealed import Unreadable, is_current, seal, unseal


class Command(BaseCommand):
    help = "Seal stored credentials again under the first of SECRETS_KEYS; then the older keys may go."

    def handle(self, *args, **options):
        renewed = unreadable = 0
        rows = Mailbox.unscoped.using("maintenance").exclude(secret="").values_list("workspace_id", "pk")
        for workspace_id, pk in list(rows):
            try:
                renewed += renew(workspace_id, pk)
            except Unreadable as reason:
                unreadable += 1
                self.stderr.write(f"mailbox {pk}: {reason}")
        self.stdout.write(f"{renewed} sealed again, {unreadable} unreadable")
        if unreadable:
            raise SystemExit(1)


def renew(workspace_id: int, pk: int) -> bool:
    """One mailbox, under its row's lock: a token that is renewed at this moment is not overwritten."""
    with workspace_scope(workspace_id):
        row = Mailbox.objects.select_for_update().get(pk=pk)
        what = about(workspace_id, row.channel_id)
        if is_current(row.secret, about=what):
            return False
        row.secret = seal(unseal(row.secret, about=what), about=what)
        row.save(update_fields=["secret"])
    return True
