"""How figures are taken and written: medians of interleaved rounds, with what the machine was doing."""

import json
import os
import platform
import statistics
import time
from pathlib import Path

from django.conf import settings


def noise() -> dict:
    """What else was going on: a figure without it cannot be compared."""
    return {"load": os.getloadavg()[0], "cores": os.cpu_count(), "python": platform.python_version()}


def timed(work) -> tuple[float, float]:
    """Wall and CPU seconds (this process) of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


class Figures:
    """Samples by row and the goals they meet or miss; printed as a Markdown table, kept as JSON."""

    def __init__(self, name: str):
        self.name, self.rows, self.goals = name, {}, []

    def add(self, label: str, unit: str, value: float) -> None:
        self.rows.setdefault((label, unit), []).append(value)

    def middle(self, label: str, unit: str) -> float:
        return statistics.median(self.rows[(label, unit)])

    def goal(self, name: str, what: str, value: float, limit: float, *, least: bool = False) -> None:
        """A ratio with the limit it must keep: at most, or at least."""
        met = value >= limit if least else value <= limit
        self.goals.append(
            {"goal": name, "what": what, "value": value, "limit": limit, "least": least, "met": met}
        )

    def tell(self) -> int:
        """Print and keep everything; returns how many goals were missed."""
        print(f"\n## {self.name} (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)\n")
        print("| what | median | from | to | rounds | unit |\n| --- | ---: | ---: | ---: | ---: | --- |")
        for (label, unit), samples in self.rows.items():
            numbers = (statistics.median(samples), min(samples), max(samples))
            print(
                "| " + " | ".join([label, *(shown(one) for one in numbers), str(len(samples)), unit]) + " |"
            )
        for goal in self.goals:
            sign = ">=" if goal["least"] else "<="
            print(
                f"\n{'PASS' if goal['met'] else 'MISS'} {goal['goal']}: {goal['what']} is {shown(goal['value'])}, "
                f"goal {sign} {goal['limit']:g}"
            )
        rows = {f"{label} ({unit})": samples for (label, unit), samples in self.rows.items()}
        keep({"name": self.name, "goals": self.goals, "rows": rows})
        return sum(not goal["met"] for goal in self.goals)


def shown(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def keep(figures: dict) -> None:
    folder = Path(settings.DATA_DIR) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{figures['name'].replace(' ', '-')}-{int(time.time())}.json"
    file.write_text(json.dumps({"at": time.time(), **noise(), **figures}, indent=1))


def compare(before: str, after: str) -> int:
    """Print each row of two files beside each other with the ratio of their medians."""
    old, new = (json.loads(Path(name).read_text()) for name in (before, after))
    print(f"| {old['name']} | before | after | after / before |\n| --- | ---: | ---: | ---: |")
    for label in [label for label in old["rows"] if label in new["rows"]]:
        first, second = (statistics.median(file["rows"][label]) for file in (old, new))
        ratio = f"{second / first:.2f}" if first else "-"
        print(f"| {label} | {shown(first)} | {shown(second)} | {ratio} |")
    return 0


def report(name: str, rows: dict[str, list[float]], unit: str) -> None:
    """Print the median and spread of each row, and keep every sample."""
    print(f"\n{name} ({unit}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")
    for label, samples in rows.items():
        middle = statistics.median(samples)
        print(f"  {label:<44} {middle:10.2f}   {min(samples):.2f} to {max(samples):.2f}, n={len(samples)}")
    keep({"name": name, "unit": unit, "rows": rows})
