"""Everything `./parley test` runs, each step with its time, and one line at the end that counts them all."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
NO_TESTS = 5
# One more than there are cores: a test waits for its server about a third of its time.
WORKERS = str(min((os.cpu_count() or 1) + 1, 6))


def main(arguments: list[str]) -> int:
    os.chdir(ROOT)
    steps = dict(pytest_alone(arguments)) if arguments else dict([*static_checks(), *every_test()])
    with tempfile.TemporaryDirectory(prefix="parley-counts-") as folder:
        counts = Path(folder) / "counts"
        os.environ["PARLEY_TEST_COUNTS"] = str(counts)
        failed = [name for name, step in steps.items() if not timed(name, step)]
        report(counts, failed, steps)
    return 1 if failed else 0


def static_checks():
    """Format, lint, types, migrations and catalogues: seconds each, before the tests."""
    yield "format", command(PYTHON, "-m", "ruff", "format", "--check", "--quiet", ".", "parley")
    yield "lint", command(PYTHON, "-m", "ruff", "check", "--quiet", ".", "parley")
    yield "types", command(PYTHON, "-m", "mypy", "--no-error-summary")
    yield "front-end types", command("npm", "run", "--silent", "check", cwd=ROOT / "frontend")
    yield (
        "migrations",
        command(PYTHON, "manage.py", "makemigrations", "--check", "--dry-run", **no_services()),
    )
    if (ROOT / "tools" / "catalogues.py").exists():
        yield "catalogues", command(PYTHON, "-m", "tools.catalogues", "--check")


def every_test():
    """A browser's driver leaves an event loop running in its process, where the ORM then refuses to work.

    Whole trees of processes that are killed and come back (`slow`) mostly wait, and do so beside the browsers.
    """
    yield "tests", steadily("-m", "not browser and not slow", "-n", WORKERS, "--dist", "worksteal")
    browsers = steadily("-m", "browser", "-n", WORKERS, "--dist", "worksteal", DJANGO_ALLOW_ASYNC_UNSAFE="1")
    yield (
        "browser tests, process tests",
        together(browsers, steadily("-m", "slow and not browser", held=True)),
    )


def together(*steps: Callable[[], bool]) -> Callable[[], bool]:
    def run() -> bool:
        with ThreadPoolExecutor(len(steps)) as pool:
            return all(step.result() for step in [pool.submit(step) for step in steps])

    return run


def pytest_alone(arguments: list[str]):
    yield "tests", pytest(*arguments)


def pytest(*arguments: str, held: bool = False, **environment: str) -> Callable[[], bool]:
    return command(PYTHON, "-m", "pytest", "-q", *arguments, fine=(0, NO_TESTS), held=held, **environment)


def steadily(*arguments: str, held: bool = False, **environment: str) -> Callable[[], bool]:
    """Run tests; what failed beside others is run once more alone, so that a busy machine is told from a fault.

    A test that passes only then is named aloud: it waits for something in the wrong way, and wants mending.
    """

    def run() -> bool:
        with tempfile.TemporaryDirectory(prefix="parley-runs-") as folder:
            first, again = Path(folder) / "first", Path(folder) / "again"
            kept = ["-o", f"cache_dir={folder}/cache"]
            fine = pytest(*kept, *arguments, held=held, PARLEY_TEST_COUNTS=str(first), **environment)()
            if not fine and any(Path(folder, "cache").rglob("lastfailed")):
                alone = [*kept, *arguments, "-n", "0", "--last-failed"]
                print("── run once more, alone", flush=True)
                fine = pytest(*alone, held=held, PARLEY_TEST_COUNTS=str(again), **environment)()
                if fine:
                    print("UNSTEADY: the tests above passed only when they ran alone. Mend them.", flush=True)
            count_both(first, again)
            return fine

    return run


def count_both(first: Path, again: Path) -> None:
    """Hand on what both runs counted: what failed at first is counted as it ended."""
    runs = [[int(n) for n in path.read_text().split()] for path in (first, again) if path.exists()]
    if not runs:
        return
    passed = sum(run[0] for run in runs)
    with Path(os.environ["PARLEY_TEST_COUNTS"]).open("a") as counts:
        counts.write(f"{passed} {runs[-1][1]} {runs[0][2]}\n")


def command(
    *words: str, cwd: Path = ROOT, fine: tuple[int, ...] = (0,), held: bool = False, **environment: str
) -> Callable[[], bool]:
    """One program; what it says is `held` until its end when another talks at the same time."""

    def run() -> bool:
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if held else {}
        ended = subprocess.run(
            words, cwd=cwd, env=os.environ | environment, check=False, text=True, **streams
        )
        if held:
            print(ended.stdout, flush=True)
        return ended.returncode in fine

    return run


def no_services() -> dict[str, str]:
    """Comparing models with migrations needs settings, but neither database nor Valkey."""
    nowhere = "postgresql://parley_owner@/parley?host=/nonexistent"
    # The database would be asked which migrations it has had; that it cannot answer is only a warning.
    quiet = {"DEBUG": "true", "PYTHONWARNINGS": "ignore::RuntimeWarning", "REDIS_URL": "unix:///nonexistent"}
    return quiet | {"DATABASE_URL": nowhere, "DATABASE_OWNER_URL": nowhere}


def timed(name: str, step: Callable[[], bool]) -> bool:
    print(f"── {name}", flush=True)
    began = time.monotonic()
    passed = step()
    print(f"── {name}: {'ok' if passed else 'FAILED'} in {time.monotonic() - began:.1f} s\n", flush=True)
    return passed


def report(counts: Path, failed: list[str], steps: dict) -> None:
    """Add up what each pytest process counted (see config/testplugin.py) and the other steps, one each."""
    lines = [line.split() for line in counts.read_text().splitlines()] if counts.exists() else []
    passed_tests, failed_tests, skipped = (sum(int(line[i]) for line in lines) for i in range(3))
    others = [name for name in steps if "tests" not in name]
    # A pytest process that died before it could count is a failure too.
    silent = sum(1 for name in failed if "tests" in name) if not failed_tests else 0
    wrong = failed_tests + silent + sum(1 for name in failed if name in others)
    right = passed_tests + sum(1 for name in others if name not in failed)
    if failed:
        print(f"failed: {', '.join(failed)}")
    print(f"{right} passed, {wrong} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
