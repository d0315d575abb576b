"""`./parley manage mailboxes`: keep every connected mailbox read."""

import signal

from django.core.management.base import BaseCommand

from channels_app.email.mailbox.watch import Poller


class Command(BaseCommand):
    help = "Read the connected mailboxes (IMAP) until told to stop."

    def handle(self, *args, **options):
        poller = Poller()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_told: poller.stopping.set())
        poller.run()
