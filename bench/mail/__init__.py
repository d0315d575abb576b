"""`./parley bench mail NAME` and `./parley bench mail-fuzz`: what understanding and taking in mail costs."""

import importlib
import importlib.util
import sys

from django.conf import settings

NAMES = ("parse", "ingest", "smtp")


def run(arguments: list[str]) -> int:
    """One of NAMES, each a module here with run(arguments)."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("parse", [])
    if name not in NAMES or not importlib.util.find_spec(f"bench.mail.{name}"):
        known = [one for one in NAMES if importlib.util.find_spec(f"bench.mail.{one}")]
        print(f"usage: ./parley bench mail {'|'.join(known)} [--rounds N]", file=sys.stderr)
        return 2
    settings.DEBUG = False  # else every statement is written down in the process that is measured
    return importlib.import_module(f"bench.mail.{name}").run(rest)
