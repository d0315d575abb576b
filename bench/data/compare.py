"""Asks each scale in a process of its own, keeps the plans, and holds the ratios to their goals."""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from bench.data.place import environment_of, exists, migrate
from bench.report import Figures
from config.embedded import paths


def measure(name: str, scales: list[str], rounds: int) -> int:
    """Print and keep the figures; returns how many goals were missed."""
    figures = Figures(f"data {name} {' '.join(scales)}")
    found: dict[str, dict[str, list[float]]] = {}
    for scale in scales:
        if not exists(scale):
            raise SystemExit(f"parley: load it first: ./parley bench data load --scale {scale}")
        migrate(scale)
        found[scale] = ask(name, rounds, scale, powerful=name in ("write", "rls"))
        for label, samples in found[scale].items():
            unit = "messages/s" if name == "write" else "ms"
            for sample in samples:
                figures.add(f"{label}, {scale}", unit, sample)
            figures.add(f"{label}, {scale}, p95", unit, p95(samples))
        if name in ("read", "search", "counts", "contacts"):
            wholes = keep_plans(name, scale)
            figures.goal("plans", f"big tables read as a whole at {scale} {wholes or ''}", len(wholes), 0)
    GOALS[name](figures, found, scales)
    return figures.tell()


def ask(name: str, rounds: int, scale: str, *, powerful: bool) -> dict:
    environment = environment_of(scale)
    if powerful:
        parts = urlsplit(environment["DATABASE_URL"])
        environment["DATABASE_URL"] = urlunsplit(
            parts._replace(netloc=f"postgres@{parts.netloc.rpartition('@')[2]}")
        )
    command = [
        sys.executable,
        "-m",
        "bench.data.ask",
        name,
        str(rounds),
        *(["--powerful"] if powerful else []),
    ]
    done = subprocess.run(
        command, env=environment, cwd=paths.ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def keep_plans(name: str, scale: str) -> list[str]:
    told = ask(name, 1, scale, powerful=True)
    folder = Path(settings.DATA_DIR) / "bench" / "plans"
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n\n".join(f"-- {label}\n\n{plan}" for label, plan in told["plans"].items())
    (folder / f"{name}-{scale}.txt").write_text(text)
    return told["wholes"]


def p50(samples: list[float]) -> float:
    return statistics.median(samples)


def p95(samples: list[float]) -> float:
    return statistics.quantiles(samples, n=20, method="inclusive")[-1] if len(samples) > 1 else samples[0]


# ── Goals. Growth is told between the first and the last scale that were asked for. ──


def read_goals(figures: Figures, found: dict, scales: list[str]) -> None:
    first, last = found[scales[0]], found[scales[-1]]
    page, deep = p50(last["list of 50, closed"]), p50(last["list of 50, closed, page 18"])
    figures.goal("D1", f"a deep page beside the first, {scales[-1]}", deep / page, 1.1)
    if len(scales) > 1:
        figures.goal(
            "D1", "growth of the list's p95", p95(last["list of 50"]) / p95(first["list of 50"]), 1.8
        )
        figures.goal(
            "D2",
            "growth of a long thread's p95",
            p95(last["thread of 200"]) / p95(first["thread of 200"]),
            1.3,
        )


def search_goals(figures: Figures, found: dict, scales: list[str]) -> None:
    first, last = found[scales[0]], found[scales[-1]]
    page = p50(last["list of 50"])
    for label in ("a common word", "a rare word"):
        figures.goal(
            "D4",
            f"ms (p50) of {label}, the index alone, {scales[-1]}",
            p50(last[f"{label}, the index alone"]),
            5,
        )
    for label in ("a common word", "two middling words", "a rare word"):
        figures.goal("D4", f"{label} beside the list, {scales[-1]}", p50(last[label]) / page, 3)
        if len(scales) > 1:
            figures.goal("D4", f"growth of {label}", p50(last[label]) / p50(first[label]), 3)
    figures.goal(
        "D4",
        f"a word found nowhere beside the list, {scales[-1]}",
        p50(last["a word found nowhere"]) / page,
        10,
    )


TYPED = [
    f"typed: {what}"
    for what in ("a name", "an address", "a phone number", "nobody", "two letters", "three letters")
]


BESIDE_THE_LIST = (
    "list by last seen, half way down",
    "list by name, half way down",
    "list of a language",
    "whose an address is",
    "changed since, for a program",
)


def contacts_goals(figures: Figures, found: dict, scales: list[str]) -> None:
    last = found[scales[-1]]
    page = p50(last["list by last seen"])
    for label in BESIDE_THE_LIST:
        figures.goal("F7", f"{label} beside the first page, {scales[-1]}", p50(last[label]) / page, 1.5)
    for label in TYPED:
        figures.goal("F7", f"{label} beside the first page, {scales[-1]}", p50(last[label]) / page, 2)
        if len(scales) > 1:
            figures.goal("F7", f"growth of {label}", p50(last[label]) / p50(found[scales[0]][label]), 4)
    figures.goal("F7", f"ms (p95) of an address typed, {scales[-1]}", p95(last["typed: an address"]), 5)


def counts_goals(figures: Figures, found: dict, scales: list[str]) -> None:
    label, last = "counts beside the views", found[scales[-1]]
    figures.goal(
        "D3", f"counts beside the list, {scales[-1]}", p95(last[label]) / p95(last["list of 50"]), 0.2
    )
    if len(scales) > 1:
        figures.goal("D3", "growth of the counts' p95", p95(last[label]) / p95(found[scales[0]][label]), 1.5)


def write_goals(figures: Figures, found: dict, scales: list[str]) -> None:
    last = found[scales[-1]]
    rate = p50(last["with search"]) / p50(last["without search"])
    figures.goal("D6", f"beside the same without search, {scales[-1]}", rate, 0.45, least=True)
    if len(scales) > 1:
        growth = p50(last["with search"]) / p50(found[scales[0]]["with search"])
        figures.goal("D6", "rate at the bigger scale", growth, 0.75, least=True)


def rls_goals(figures: Figures, found: dict, scales: list[str]) -> None:
    last = found[scales[-1]]
    searched = ("word", "phrase")
    for label in [label.removesuffix(", policies on") for label in last if label.endswith(", policies on")]:
        limit = 1.2 if any(part in label for part in searched) else 1.1
        ratio = p50(last[f"{label}, policies on"]) / p50(last[f"{label}, policies off"])
        figures.goal("D7", f"policies on beside off: {label}, {scales[-1]}", ratio, limit)


GOALS = {
    "read": read_goals,
    "search": search_goals,
    "contacts": contacts_goals,
    "counts": counts_goals,
    "write": write_goals,
    "rls": rls_goals,
}
