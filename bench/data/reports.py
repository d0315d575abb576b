"""`./parley bench data reports --scale 100k --scale 1m`: reports as history grows.

Each scale is a database of its own (`bench_reports_100k`) with one workspace of made conversations (bench/dataset), made
when it is not there. The reader reads its whole history; then what it says is held against what the maker knows, and the
numbers of ninety days are asked beside the inbox's list. Every page is fetched through Django, warm, its queries counted.
Last, roll-ups are made anew and everything is read again, while others ask and write.
"""

import json
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from bench.data.place import SCALES, admin_dsn, database_of, environment_of, exists, make_anew, migrate
from bench.report import Figures
from config.embedded import paths

PER_CONVERSATION = 8  # messages, about
MOST_QUERIES, SLOWEST = 12, 300
MOST_AGAIN = 1_000_000  # messages, up to which everything is made anew and read again


def measure(scales: list[str], rounds: int) -> int:
    """Load what is missing, read, ask; print and keep the figures; how many goals were missed."""
    figures = Figures(f"data reports {' '.join(scales)}")
    found = {}
    for scale in scales:
        name = f"reports_{scale}"
        if not (exists(name) and known_of(scale).exists()):
            load(scale)
        migrate(name)
        found[scale] = told = ask(name, "bench.data.reports_asked", str(rounds), str(known_of(scale)))
        _tell(figures, scale, told)
        if SCALES[scale] <= MOST_AGAIN:
            _tell_again(figures, scale, ask(name, "bench.data.reports_again"))
        else:
            print(f"  {scale}: nothing is made anew, which would take an hour")
    _goals(figures, found, scales)
    return figures.tell()


def load(scale: str) -> None:
    name = f"reports_{scale}"
    make_anew(name)
    environment = environment_of(name) | {"BENCH_ADMIN_DSN": admin_dsn(database_of(name))}
    conversations = str(SCALES[scale] // PER_CONVERSATION)
    command = [sys.executable, "-m", "bench.data.reports_load", conversations, str(known_of(scale))]
    subprocess.run(command, env=environment, cwd=paths.ROOT, check=True)


def known_of(scale: str) -> Path:
    return Path(settings.DATA_DIR) / "bench" / f"known-{scale}.json"


def ask(name: str, module: str, *more: str) -> dict:
    command = [sys.executable, "-m", module, *more]
    # As it serves: without DEBUG, which makes every template anew.
    environment = environment_of(name) | {"DEBUG": "", "SITE_URL": "https://localhost"}
    done = subprocess.run(
        command, env=environment, cwd=paths.ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def _tell(figures: Figures, scale: str, told: dict) -> None:
    from bench.data.compare import p95

    for what, seconds in told["reading"].items():
        figures.add(f"{what}, {scale}", "s", seconds)
    for table, size in told["sizes"].items():
        figures.add(f"size of {table}, {scale}", "MB", size)
    for label, samples in (told["numbers"] | told["pages"]).items():
        for sample in samples:
            figures.add(f"{label}, {scale}", "ms", sample)
        figures.add(f"{label}, {scale}, p95", "ms", p95(samples))
    for label, n in told["queries"].items():
        figures.add(f"queries of {label}, {scale}", "queries", n)


def _tell_again(figures: Figures, scale: str, told: dict) -> None:
    """Making roll-ups anew and reading everything again: nobody waits for it."""
    from bench.data.compare import p95

    for what, seconds in told["spent"].items():
        figures.add(f"{what}, {scale}", "s", seconds)
    for label, samples in told["samples"].items():
        figures.add(f"{label}, {scale}, p95", "ms", p95(samples))
        figures.add(f"{label}, {scale}, longest", "ms", max(samples))
    looks = [one for label, each in told["samples"].items() if label.startswith("a look") for one in each]
    figures.goal("in the background", f"s of the longest look at the log, {scale}", max(looks) / 1000, 5)


def _goals(figures: Figures, found: dict[str, dict], scales: list[str]) -> None:
    from bench.data.compare import p50, p95

    last, first = found[scales[-1]], found[scales[0]]
    for scale, told in found.items():
        figures.goal("AN-5", f"numbers that are not as made, {scale}", len(told["wrong"]), 0)
        for line in told["wrong"][:5]:
            print(f"  wrong at {scale}: {line}")
    page = p95(last["numbers"]["list of 50"])
    for label, samples in last["numbers"].items():
        if label != "list of 50":
            figures.goal(
                "D5", f"p95 of {label} beside the inbox's list, {scales[-1]}", p95(samples) / page, 10
            )
            if len(scales) > 1:
                growth = p50(samples) / p50(first["numbers"][label])
                figures.goal("D5", f"growth of {label}, {scales[0]} to {scales[-1]}", growth, 2)
    for label, samples in last["pages"].items():
        figures.goal("pages", f"p95 ms of {label}, {scales[-1]}", p95(samples), SLOWEST)
        figures.goal("pages", f"queries of {label}, {scales[-1]}", last["queries"][label], MOST_QUERIES)
