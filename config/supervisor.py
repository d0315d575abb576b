"""One process that starts the others, brings back those that end, and leaves nothing behind.

`python -m config.supervisor up [--empty]` serves; `run COMMAND...` runs a command with the services at hand.
"""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

from config import commands
from config.embedded import CannotStart, Services, lock, paths, processes
from config.prepare import prepare, say

MOST_ENDS, WITHIN_SECONDS = 5, 60
LATEST = 10  # seconds that worker and beat wait for web at most
QUIET = "ignore::UserWarning:celery.platforms"  # Celery's remark, at every start, that it runs as root


class Child:
    """One process of ours, with the memory of how often it ended."""

    def __init__(
        self, name: str, command: list[str], environment: dict[str, str], descriptors: tuple[int, ...] = ()
    ):
        self.name, self.command, self.environment, self.descriptors = name, command, environment, descriptors
        self.started: subprocess.Popen | None = None
        self.ends: deque[float] = deque(maxlen=MOST_ENDS + 1)

    @property
    def process(self) -> subprocess.Popen:
        assert self.started, f"{self.name} was never started"
        return self.started

    def start(self) -> None:
        self.started = subprocess.Popen(
            self.command,
            env=self.environment,
            cwd=paths.ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=processes.die_with_parent(signal.SIGTERM),  # forked from the main thread
            pass_fds=self.descriptors,
        )

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def ended_too_often(self) -> bool:
        self.ends.append(time.monotonic())
        return len(self.ends) > MOST_ENDS and self.ends[-1] - self.ends[0] < WITHIN_SECONDS

    def kill_group(self) -> None:
        """End what the child itself had started: a killed worker leaves its pool behind."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # the second: zombies, on macOS
            os.killpg(self.process.pid, signal.SIGKILL)


class ServiceChild(Child):
    """An embedded service; it knows itself how to start."""

    def __init__(self, name: str, service):
        super().__init__(name, [], {})
        self.service = service
        self.started = service.process

    def start(self) -> None:
        self.service.start()
        self.started = self.service.process


class Supervisor:
    def __init__(self, *, empty: bool):
        self.empty = empty
        self.stopping = False
        self.status = 0
        self.children: list[Child] = []
        self.later: list[Child] = []
        self.simulator = False

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        processes.adopt_orphans()
        services = Services.missing_from(os.environ)
        try:
            listener = listen(patient=was_killed(services.data))
            services.start()
            environment = serving_environment(services)
            self.environment = environment
            self.simulator = not self.empty and give_simulator(environment, services.data)
            self.grace = 1 if is_development() else 15
            prepare(environment, services.data, demo=is_development() and not self.empty)
            self._start(services, listener, environment)
            self._watch(environment["SITE_URL"], listener)
        except Interrupted:
            pass
        finally:
            self.stopping = True
            self._stop()
            services.stop()
            forget_environment(services.data)
        return self.status

    def _on_signal(self, number, frame) -> None:
        if not self.stopping:
            self.stopping = True
            # Nothing may hold up the way down: while still preparing, leave at once.
            if not self.children:
                raise Interrupted

    def _start(self, services: Services, listener: socket.socket, environment: dict[str, str]) -> None:
        listen_on = ["--fd", str(listener.fileno())]
        self.children += [ServiceChild(name, service) for name, service in services.named().items()]
        # The supervisor keeps the listening socket: while web restarts, visitors wait and are not refused.
        web = Child(
            "web", commands.web(listen=listen_on, grace=self.grace), environment, (listener.fileno(),)
        )
        web.start()
        self.children.append(web)
        self.later = [
            Child("worker", commands.worker(), environment),
            Child("beat", commands.beat(services.data), environment),
            Child("mailboxes", commands.mailboxes(), environment),
            Child("mail", commands.mail(), environment),
        ]
        if self.simulator:
            self.later.append(Child("messenger", commands.simulator(environment), environment))

    def _watch(self, site: str, listener: socket.socket) -> None:
        began, announced = time.monotonic(), False
        while not self.stopping:
            if not announced and answers(listener, site):
                announced = True
                say(f"ready at {site}/")
                if self.simulator:
                    say(f"Messenger simulator at {self.environment['MESSENGER_SIMULATOR']}/")
            if self.later and (announced or time.monotonic() - began > LATEST):
                self._start_the_rest()
            for child in self.children:
                if not self.stopping and child.has_ended():
                    self._bring_back(child)
            reap_strangers(self.children)
            time.sleep(0.2)

    def _start_the_rest(self) -> None:
        """Start-up is imports: the first page comes seconds earlier when nobody competes with web for the cores."""
        for child in self.later:
            child.start()
            self.children.append(child)
        self.later = []

    def _bring_back(self, child: Child) -> None:
        child.kill_group()
        if child.ended_too_often():
            print(
                f"parley: {child.name} ended {MOST_ENDS + 1} times within a minute; stopping", file=sys.stderr
            )
            self.status, self.stopping = 1, True
            return
        print(f"parley: {child.name} ended with {child.process.returncode}; starting it again", flush=True)
        try:
            child.start()
        except CannotStart as problem:
            print(f"parley: {problem}", file=sys.stderr)

    def _stop(self) -> None:
        """Ask everyone at once, then insist. The services go last: the others still write on their way out."""
        ours = [child for child in reversed(self.children) if not isinstance(child, ServiceChild)]
        for child in ours:
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + self.grace + 0.3 if ours else 0
        while any(child.process.poll() is None for child in ours) and time.monotonic() < deadline:
            time.sleep(0.02)
        for child in ours:
            child.kill_group()
            child.process.wait()


class Interrupted(BaseException):
    """Ctrl-C before anything serves."""


def listen(*, patient: bool = False) -> socket.socket:
    """Bind before anything starts, so that a taken port is the first thing said.

    After a kill -9 the processes of the last run hold the port until they have ended: then we wait a moment.
    """
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    deadline = time.monotonic() + (6 if patient else 0)
    try:
        while True:
            try:
                listener.bind((host, int(port)))
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
    except (ValueError, OverflowError):
        raise CannotStart(f"PORT={port} is not a port number", 2) from None
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise CannotStart(
            f"port {port} on {host} cannot be used ({reason}); try PORT=8001 ./parley up", 2
        ) from None
    listener.listen(2048)
    return listener


def is_development() -> bool:
    """Nobody runs production without a secret key; DEBUG says it aloud."""
    debug = os.environ.get("DEBUG", "").lower()
    return debug in ("1", "true", "yes", "on") or (not debug and not os.environ.get("SECRET_KEY"))


def serving_environment(services: Services) -> dict[str, str]:
    environment = os.environ | services.environment() | {"PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": QUIET}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    if is_development():
        environment["DEBUG"] = "true"
        environment.setdefault("SECRET_KEY", own_secret(services.data))
    environment.setdefault("SITE_URL", f"http://localhost:{os.environ.get('PORT', '8000')}")
    found = services.environment() | {"SITE_URL": environment["SITE_URL"]}
    (services.data / "environment.json").write_text(json.dumps(found))
    return environment


def give_simulator(environment: dict[str, str], data: Path) -> bool:
    """In development, where nobody named a Meta app: the demo's page talks to a simulator beside us."""
    if not is_development() or any(environment.get(name) for name in ("MESSENGER_API", "MESSENGER_APP_ID")):
        return False
    address = f"127.0.0.1:{free_port(int(os.environ.get('PORT', '8000')) + 20)}"
    told = {
        "MESSENGER_SIMULATOR": f"http://{address}",
        "MESSENGER_API": f"http://{address}/v25.0",
        "MESSENGER_DIALOG": f"http://{address}/dialog/oauth",
        "MESSENGER_APP_ID": "simulator",
        "MESSENGER_APP_SECRET": secrets.token_urlsafe(24),
        "EGRESS_ALLOWED": ",".join(filter(None, [environment.get("EGRESS_ALLOWED"), address])),
    }
    environment |= told
    # Commands beside us (./parley manage demo --reset) talk to the same one.
    known = data / "environment.json"
    known.write_text(json.dumps(json.loads(known.read_text()) | told))
    return True


def free_port(wanted: int) -> int:
    """The wanted one when nobody has it, so that a page stays where it was; else any."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    return 0


def was_killed(data: Path) -> bool:
    """We hold the folder's lock, and yet the last run did not tidy up."""
    return (data / "environment.json").exists()


def forget_environment(data: Path) -> None:
    (data / "environment.json").unlink(missing_ok=True)


def own_secret(data: Path) -> str:
    """A key of this folder's own, made once: sessions survive a restart and nobody else can forge one."""
    file = data / "secret-key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


def answers(listener: socket.socket, site: str) -> bool:
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    try:
        commands.ask(f"http://{f'[{host}]' if ':' in host else host}:{port}/healthz", site)
    except OSError:
        return False
    return True


def reap_strangers(children: list[Child]) -> None:
    """Adopted grandchildren that ended are ours to bury; our own children are left to `poll`."""
    known = {child.process.pid for child in children}
    while True:
        try:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if found is None or found.si_pid in known:
            return
        os.waitpid(found.si_pid, 0)


def run(command: list[str]) -> int:
    """Run a command with the services at hand: those of a running `up`, or our own for as long as it takes."""
    data = paths.data_folder()
    if lock.holder(data) is not None and (data / "environment.json").exists():
        found = json.loads((data / "environment.json").read_text())
        return call(command, borrowed_environment(found, data))
    processes.adopt_orphans()
    services = Services.missing_from(os.environ)
    try:
        services.start()
        return call(command, serving_environment(services))
    finally:
        services.stop()
        forget_environment(data)


def borrowed_environment(found: dict[str, str], data: Path) -> dict[str, str]:
    environment = os.environ | found | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    if is_development():
        environment |= {"DEBUG": "true"}
        environment.setdefault("SECRET_KEY", own_secret(data))
    return environment


def call(command: list[str], environment: dict[str, str]) -> int:
    """The command reads the terminal and gets its Ctrl-C; we only wait."""
    process = subprocess.Popen(command, env=environment, cwd=paths.ROOT)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def main() -> int:
    arguments = sys.argv[1:] or ["up"]
    try:
        if arguments[0] == "up" and set(arguments[1:]) <= {"--empty"}:
            return Supervisor(empty="--empty" in arguments).run()
        if arguments[0] == "run" and len(arguments) > 1:
            return run(arguments[1:])
    except CannotStart as problem:
        print(f"parley: {problem}", file=sys.stderr)
        return problem.code
    print("usage: python -m config.supervisor up [--empty] | run COMMAND...", file=sys.stderr)
    return 64


if __name__ == "__main__":
    sys.exit(main())
