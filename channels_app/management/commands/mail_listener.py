"""`./parley manage mail_listener`: take mail over SMTP or LMTP until told to stop."""

import asyncio
import os
import signal

from django.conf import settings
from django.core.management.base import BaseCommand

from channels_app.email.listener import run, where


class Command(BaseCommand):
    help = "Take in mail that a server brings (SMTP or LMTP, see MAIL_LISTEN)."

    def handle(self, *args, **options):
        listen = where(settings.MAIL_LISTEN, os.environ.get("PORT", ""))
        if listen is None:
            signal.sigwait({signal.SIGTERM, signal.SIGINT})  # the supervisor would bring back what ends
            return
        asyncio.run(run(listen))
