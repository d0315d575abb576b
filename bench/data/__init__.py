"""`./parley bench data NAME --scale 100k --scale 1m`: what the database costs as it grows.

Each scale is a database of its own beside the one that serves (`bench_100k`), filled by `load`, kept until it is loaded
again. `read`, `search`, `counts`, `write` and `rls` ask it through Parley's own code, as the serving role, and compare the
scales: a goal is a ratio, so a slow machine or a neighbour moves both sides.
"""

import argparse

from bench.data.place import SCALES

NAMES = ("load", "read", "search", "counts", "write", "rls", "contacts", "reports")


def run(arguments: list[str]) -> int:
    from bench.data import compare, contacts, imports, load, reports
    from bench.data.place import exists

    parser = argparse.ArgumentParser(prog="./parley bench data", description=__doc__)
    parser.add_argument("names", nargs="+", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument(
        "--scale",
        action="append",
        choices=[*SCALES, *contacts.SCALES],
        help="may be given twice, small one first",
    )
    parser.add_argument(
        "--import", dest="rows", choices=imports.ROWS, help="contacts: from a file of so many rows"
    )
    parser.add_argument("--rounds", type=int, default=60, help="samples of each question")
    asked = parser.parse_args(arguments)
    scales = asked.scale or ["100k"]
    missed = 0
    for name in asked.names:
        if name == "contacts" and asked.rows:
            missed += imports.measure(asked.rows)
        elif name == "contacts":
            people = [scale for scale in asked.scale or ["20k"] if scale in contacts.SCALES]
            for scale in people:
                if not exists(f"contacts_{scale}"):
                    contacts.load_people(scale)
            missed += compare.measure(name, [f"contacts_{scale}" for scale in people], asked.rounds)
        elif name == "reports":
            missed += reports.measure(scales, asked.rounds)
        elif name == "load":
            for scale in scales:
                load.load(scale)
        else:
            missed += compare.measure(name, scales, asked.rounds)
    return 1 if missed else 0
