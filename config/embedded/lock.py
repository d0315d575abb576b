"""One run per data folder."""

import fcntl
import os
from pathlib import Path
from typing import IO

from config.embedded.errors import CannotStart


class AlreadyRunning(CannotStart):
    pass


def hold(folder: Path) -> IO[str]:
    """Lock the folder for the life of this process and write our process id. Raise AlreadyRunning, naming the other."""
    file = (folder / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        other = file.read().strip() or "unknown"
        file.close()
        raise AlreadyRunning(
            f"already running (pid {other}) on {folder}; stop it with `kill {other}`, "
            "or give this one another folder in PARLEY_DATA"
        ) from None
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file


def holder(folder: Path) -> int | None:
    """Return the process id that holds the folder, or None when nobody does."""
    try:
        with (folder / "lock").open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return int(file.read().strip() or 0)
    except (FileNotFoundError, ValueError):
        pass
    return None
