"""`./parley manage mail_hook ADDRESS PROVIDER`: the address that a mail provider posts to."""

from django.core.management.base import BaseCommand, CommandError

from channels_app.email.webhooks import PROVIDERS, open_hook
from inboxes.addresses import channel_for
from inboxes.models import Channel
from workspaces.scope import workspace_scope


class Command(BaseCommand):
    help = "Make an address to which a mail provider posts the mail of one channel. The one of before stops working."

    def add_arguments(self, parser):
        parser.add_argument("address", help="the channel's mail address")
        parser.add_argument("provider", choices=sorted(PROVIDERS))

    def handle(self, *args, address, provider, **options):
        found = channel_for(address)
        if found is None:
            raise CommandError(f"No channel has the address {address}.")
        with workspace_scope(found[0]):
            self.stdout.write(open_hook(Channel.objects.get(pk=found[1]), provider))
