"""`manage.py demo`: a workspace to look around in, with five people and five weeks of conversations."""

import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.build import build, find_demo, let_sites_in, remove
from config.demo.messenger import connect_simulator
from config.demo.team import Account, website


class Command(BaseCommand):
    help = "Make the demo workspace. Twice makes one; --reset makes it anew, with new passwords."

    def add_arguments(self, parser):
        parser.add_argument(
            "--reset", action="store_true", help="throw the demo workspace away and make it anew"
        )

    def handle(self, *, reset: bool, **options):
        if not settings.DEBUG and os.environ.get("PARLEY_DEMO") != "1":
            raise CommandError(
                "The demo is for development: set DEBUG=true, or PARLEY_DEMO=1 if you mean it."
            )
        workspace = find_demo()
        if workspace and reset:
            remove(workspace)
            workspace = None
        if workspace:
            let_sites_in(workspace)
            connect_simulator(workspace)
            self.stdout.write(places())
        else:
            self.stdout.write(table(build()) + "\n" + places())


def table(accounts: list[Account]) -> str:
    """The accounts, one a line. It is the only time that the passwords are shown."""
    rows = [
        ("Who", "Email", "Password", "Role"),
        *((a.name, a.email, a.password, str(a.role)) for a in accounts),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    rule = "  ".join("─" * width for width in widths)
    shown = "\n".join(f"  {line}" for line in [lines[0], rule, *lines[1:]])
    return f"\nThe demo workspace is ready. These passwords are shown this once:\n\n{shown}\n"


def places() -> str:
    pairs = [
        ("Inbox", f"{settings.SITE_URL}/"),
        ("Demo website", website()),
        ("Captured mail", f"{settings.SITE_URL}/demo/mail/"),
    ]
    if simulator := os.environ.get("MESSENGER_SIMULATOR"):
        pairs.append(("Messenger", f"{simulator}/"))
    lines = [f"  {name:<14} {url}" for name, url in pairs]
    return "\n".join([*lines, "", "  New passwords: ./parley manage demo --reset", ""])
