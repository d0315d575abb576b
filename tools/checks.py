"""Everything `./parley test` runs, each step with its time, and one line at the end that counts them all."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
NO_TESTS = 5
# One more than there are cores: a test waits for its server about a third of its time.
WORKERS = str(min((os.cpu_count() or 1) + 1, 6))
# Trees of processes that are killed wait for minutes on a busy machine; one that hangs would end the run of them all.
PATIENTLY = ("--timeout", "900")
# How often what failed is run again, alone.
TRIES = 2


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
    Each run reads only the files that may hold its tests: every worker of every run collects them all.
    """
    spread = ("-n", WORKERS, "--dist", "worksteal")
    browsing, slow = files_with("pytest.mark.browser"), files_with("pytest.mark.slow")
    yield "tests", steadily(Run("-m", "not browser and not slow", *spread))
    browsers = Run(*browsing, "-m", "browser", *spread, DJANGO_ALLOW_ASYNC_UNSAFE="1")
    yield (
        "browser tests, process tests",
        steadily(browsers, Run(*slow, "-m", "slow and not browser", *PATIENTLY, held=True)),
    )


def files_with(mark: str) -> list[str]:
    """The test files that name a marker. None would mean all of them to pytest."""
    found = [str(path) for path in sorted(Path("tests").rglob("test_*.py")) if mark in path.read_text()]
    return found or ["tests"]


def pytest_alone(arguments: list[str]):
    yield "tests", pytest(*arguments)


def pytest(*arguments: str, held: bool = False, **environment: str) -> Callable[[], bool]:
    return command(
        PYTHON,
        "-m",
        "pytest",
        "-q",
        "--durations=12",
        *arguments,
        fine=(0, NO_TESTS),
        held=held,
        **environment,
    )


class Run:
    """A run of pytest whose failures can be run once more, alone. It counts what failed at first as it ended."""

    def __init__(self, *arguments: str, held: bool = False, **environment: str):
        self.arguments, self.held, self.environment = arguments, held, environment
        self.folder = tempfile.TemporaryDirectory(prefix="parley-runs-")
        self.kept = ["-o", f"cache_dir={self.folder.name}/cache"]
        self.counts: list[Path] = []

    def all(self) -> bool:
        return self._pytest(*self.arguments)

    def failed(self) -> bool:
        if not any(Path(self.folder.name, "cache").rglob("lastfailed")):
            return False
        return self._pytest(*self.arguments, "-n", "0", "--last-failed")

    def _pytest(self, *arguments: str) -> bool:
        self.counts.append(Path(self.folder.name) / f"counts-{len(self.counts)}")
        run = pytest(
            *self.kept,
            *arguments,
            held=self.held,
            PARLEY_TEST_COUNTS=str(self.counts[-1]),
            **self.environment,
        )
        return run()

    def close(self) -> None:
        count_all(path for path in self.counts if path.exists())
        self.folder.cleanup()


def steadily(*runs: Run) -> Callable[[], bool]:
    """Run tests beside each other; what failed is run again alone, so that a busy machine is told from a fault.

    A test that passes only then is named aloud: it waits for something in the wrong way, and wants mending.
    """

    def run() -> bool:
        with ThreadPoolExecutor(len(runs)) as pool:
            fine = list(pool.map(Run.all, runs))
        for at, one in enumerate(runs):
            for _ in range(TRIES):
                if fine[at]:
                    break
                print("── run once more, alone", flush=True)
                fine[at] = one.failed()
                if fine[at]:
                    print("UNSTEADY: the tests above passed only when they ran alone. Mend them.", flush=True)
            one.close()
        return all(fine)

    return run


def count_all(paths: Iterable[Path]) -> None:
    """Hand on what each run counted: what failed at first is counted as it ended."""
    runs = [[int(n) for n in path.read_text().split()] for path in paths]
    if runs:
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
