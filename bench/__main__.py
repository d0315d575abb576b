"""`./parley bench NAME`: the measurements. Without a name, all that need nothing but the services and a minute.

append, pages, widget, start [--rounds N] · widget --host [--rounds N] · pages --thread [--scale 1m] [--rounds 40] ·
live echo|idle|handshake|persist|steady|fanout|rooms|storm [--quick] ·
data load|read|search|counts|write|rls --scale 100k [--scale 1m] · data reports --scale 100k [--scale 1m] · data contacts --scale 20k|200k|2m · data contacts --import 20k|100k · mail parse|ingest|smtp [--rounds N] · mail-fuzz [--seed N]
[--n N] · webhooks [--rate N] [--seconds N] · reader [--rate N] [--seconds N] · faults [--seed N] [--messages N] · compare A.json B.json
"""

import argparse
import os
import sys

import django

from config.embedded import paths
from config.prepare import prepare

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def main(arguments: list[str]) -> int:
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if name == "faults":  # it has services of its own, and ends them
        from bench import faults

        return faults.run(rest)
    if name != "compare":  # an empty data folder has neither tables nor static files yet
        prepare(dict(os.environ), paths.data_folder(), demo=False)
    django.setup()
    if name == "data":
        from bench import data

        return data.run(rest)
    if name == "live":
        from bench import live

        return live.run(rest)
    if name == "mail":
        from bench import mail

        return mail.run(rest)
    if name == "mail-fuzz":
        from bench.mail import fuzz

        return fuzz.run(rest)
    if name == "pages" and "--thread" in rest:
        from bench import opening

        return opening.run(rest)
    if name == "widget" and "--host" in rest:
        from bench import guest

        return 1 if guest.run(rounds_of(rest)) else 0
    if name == "reader":
        from bench import reader

        return reader.run(rest)
    if name == "webhooks":
        from bench import webhooks

        return webhooks.run(rest)
    if name == "compare":
        from bench import report

        return report.compare(*rest)
    return small(arguments)


def rounds_of(rest: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./parley bench widget", description=__doc__)
    parser.add_argument("--host", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args(rest).rounds


def small(arguments: list[str]) -> int:
    from bench import append, pages, start, widget

    commands = {"append": append.run, "pages": pages.run, "start": start.run, "widget": widget.run}
    parser = argparse.ArgumentParser(prog="./parley bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=commands, help="which one")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args(arguments)
    missed = 0
    for name in [asked.name] if asked.name else ["append", "pages"]:
        missed += commands[name](rounds=asked.rounds) or 0
    return 1 if missed else 0


sys.exit(main(sys.argv[1:]))
