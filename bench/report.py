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


def report(name: str, rows: dict[str, list[float]], unit: str) -> None:
    """Print the median and spread of each row, and keep every sample."""
    print(f"\n{name} ({unit}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")
    for label, samples in rows.items():
        middle = statistics.median(samples)
        print(f"  {label:<44} {middle:10.2f}   {min(samples):.2f} to {max(samples):.2f}, n={len(samples)}")
    folder = Path(settings.DATA_DIR) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    kept = {"name": name, "unit": unit, "at": time.time(), **noise(), "rows": rows}
    (folder / f"{name.replace(' ', '-')}-{int(time.time())}.json").write_text(json.dumps(kept, indent=1))
