"""Where the data lives, whose account runs PostgreSQL, and which folders that account can walk to."""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from config.embedded.errors import CannotStart

ROOT = Path(__file__).resolve().parent.parent.parent
# For root alone: a place that every account can walk to, where a home (0700) is not.
STATE = Path("/var/lib/parley-embedded")
# A socket's address holds 107 bytes; PostgreSQL adds "/.s.PGSQL.5432" and a lock file beside it.
LONGEST_SOCKET_FOLDER = 85


def data_folder() -> Path:
    return Path(os.environ.get("PARLEY_DATA") or ROOT / "var").resolve()


def make_data_folder(folder: Path) -> Path:
    """Create the folder, or say who owns it when it is not ours."""
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            # Mail and files are nobody else's business; PostgreSQL's account only has to walk through.
            folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise CannotStart(
            f"cannot make the data folder {folder} ({error.strerror}); set PARLEY_DATA"
        ) from None
    owner = folder.stat().st_uid
    if owner != os.geteuid():
        name = account_name(owner)
        raise CannotStart(
            f"the data folder {folder} belongs to {name}: run as {name}, "
            f"or `sudo chown -R {account_name(os.geteuid())} {folder}`, or set PARLEY_DATA to another folder"
        )
    return folder


def account_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def postgres_account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: return the account it runs as then, or None when we are not root."""
    if os.geteuid() != 0:
        return None
    found = existing_account("parley") or existing_account("postgres")
    if found:
        return found
    if shutil.which("useradd"):
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "parley"]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    account = existing_account("parley") or existing_account("nobody")
    if account is None:
        raise CannotStart(
            "PostgreSQL will not run as root and no account could be made: add a user named parley"
        )
    return account


def existing_account(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def can_reach(path: Path, account: pwd.struct_passwd) -> bool:
    """Whether an account can walk to a path and open what is there."""
    for folder in [path, *path.parents]:
        status = folder.stat()
        if status.st_uid != account.pw_uid and not status.st_mode & stat.S_IXOTH:
            return False
    return True


def cluster_home(data: Path, account: pwd.struct_passwd | None) -> Path:
    """The folder that holds the cluster: the data folder, unless PostgreSQL's account cannot walk there."""
    if account is None or can_reach(data, account):
        return data
    # A home is never opened to others for our sake. hashlib: hash() of a path differs between processes.
    return STATE / hashlib.sha256(str(data).encode()).hexdigest()[:12]


def socket_folder(data: Path, account: pwd.struct_passwd | None) -> Path:
    """A folder for the sockets whose path is short enough and which PostgreSQL's account can walk to."""
    folder = data / "run"
    if len(str(folder)) <= LONGEST_SOCKET_FOLDER and (account is None or can_reach(data, account)):
        folder.mkdir(exist_ok=True)
    else:
        forget_sockets(data)
        folder = Path(tempfile.mkdtemp(prefix="parley-", dir="/tmp"))
        (data / "sockets").write_text(str(folder))
    folder.chmod(0o711 if account else 0o700)
    return folder


def forget_sockets(data: Path) -> None:
    """Remove the folder of sockets outside the data folder; a killed run could not."""
    note = data / "sockets"
    if note.exists():
        shutil.rmtree(note.read_text(), ignore_errors=True)
        note.unlink()


def give(path: Path, account: pwd.struct_passwd | None) -> None:
    if account:
        os.chown(path, account.pw_uid, account.pw_gid)
