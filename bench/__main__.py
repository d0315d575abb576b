"""`./parley bench [append|pages|start] [--rounds N]`: without a name, all that need nothing but the services."""

import argparse
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def main() -> None:
    django.setup()
    from bench import append, pages, start

    commands = {"append": append.run, "pages": pages.run, "start": start.run}
    parser = argparse.ArgumentParser(prog="./parley bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=commands, help="which one")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    for name in [asked.name] if asked.name else ["append", "pages"]:
        commands[name](rounds=asked.rounds)


main()
