"""A small IMAP server that does what a test tells it: change its numbers, refuse a mail, take tokens, fall silent."""

import base64
import contextlib
import re
import socket
import ssl
import threading
from datetime import UTC, datetime


class FakeImap:
    """Serves one folder. `mails` maps a UID to (bytes, arrived_at); change it at any time."""

    def __init__(
        self, *, password: str = "secret", tokens: set[str] | None = None, tls: ssl.SSLContext | None = None
    ):
        self.password, self.tokens, self.tls = password, tokens if tokens is not None else set(), tls
        self.mails: dict[int, tuple[bytes, datetime]] = {}
        self.flags: dict[int, set[str]] = {}
        self.folders: dict[str, list[bytes]] = {"Done": []}
        self.validity, self.uid_next = 7, 1
        self.refused: set[int] = set()  # FETCH of these answers NO
        self.sizes: dict[int, int] = {}  # what RFC822.SIZE says instead of the truth
        self.idles = True
        self.starttls: ssl.SSLContext | None = None
        self.commands: list[str] = []
        self.changed = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def deliver(self, raw: bytes, arrived_at: datetime | None = None) -> int:
        with self.changed:
            uid, self.uid_next = self.uid_next, self.uid_next + 1
            self.mails[uid] = (raw, arrived_at or datetime.now(UTC))
            self.changed.notify_all()
        return uid

    def renumber(self) -> None:
        """What a restored or moved server does: every mail has another number."""
        with self.changed:
            mails = [self.mails[uid] for uid in sorted(self.mails)]
            self.validity, self.mails = self.validity + 1, dict(enumerate(mails, start=1))
            self.uid_next = len(mails) + 1

    def hang_up(self) -> None:
        for sock in self.open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self.open.clear()

    def stop(self) -> None:
        self.listener.close()
        self.hang_up()

    def _serve(self) -> None:
        while True:
            try:
                sock, _peer = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._guarded, args=(sock,), daemon=True).start()

    def _guarded(self, sock: socket.socket) -> None:
        try:
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
            self.open.append(sock)
            _Session(self, sock).run()
        except (OSError, ValueError):
            pass
        finally:
            sock.close()


class _Session:
    def __init__(self, server: FakeImap, sock: socket.socket):
        self.server, self.sock, self.file = server, sock, sock.makefile("rb")

    def say(self, line: str | bytes) -> None:
        self.sock.sendall((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def run(self) -> None:
        self.say("* OK ready")
        while line := self.file.readline():
            tag, _space, rest = line.decode().strip().partition(" ")
            word, _space, words = rest.partition(" ")
            if word.upper() == "UID":
                word, _space, words = words.partition(" ")
                word = f"UID_{word}"
            self.server.commands.append(f"{word} {words}".strip())
            answer = getattr(self, f"do_{word.lower()}", None)
            self.say(f"{tag} {answer(words) if answer else 'BAD'} done")
            if word.upper() == "LOGOUT":
                return
            if word.upper() == "STARTTLS":
                self.sock = self.server.starttls.wrap_socket(self.sock, server_side=True)
                self.file = self.sock.makefile("rb")

    def do_capability(self, _words):
        starttls = " STARTTLS" if self.server.starttls else ""
        idle = " IDLE" if self.server.idles else ""
        self.say(f"* CAPABILITY IMAP4rev1 MOVE AUTH=XOAUTH2 AUTH=PLAIN{idle}{starttls}")
        return "OK"

    def do_starttls(self, _words):
        return "OK" if self.server.starttls else "BAD"

    def do_noop(self, _words):
        return "OK"

    def do_logout(self, _words):
        self.say("* BYE now")
        return "OK"

    def do_login(self, words):
        return "OK" if words.endswith(f'"{self.server.password}"') else "NO [AUTHENTICATIONFAILED] no"

    def do_authenticate(self, _words):
        self.say("+ ")
        said = base64.b64decode(self.file.readline()).decode()
        found = re.search(r"auth=Bearer (\S+?)\x01", said)
        if found and found[1] in self.server.tokens:
            return "OK"
        if said.endswith(f"\0{self.server.password}"):
            return "OK"
        return "NO [AUTHENTICATIONFAILED] no"

    def do_select(self, words):
        if words.strip('"') != "INBOX":
            return "NO no such folder"
        server = self.server
        self.say(f"* {len(server.mails)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {server.validity}] .")
        self.say(f"* OK [UIDNEXT {server.uid_next}] .")
        return "OK [READ-WRITE]"

    def do_examine(self, words):
        return self.do_select(words).replace("WRITE", "ONLY")

    def do_uid_search(self, words):
        found = sorted(self.server.mails)
        if span := re.search(r"UID (\d+):(\S+)", words):
            low = int(span[1])
            high = max(found, default=0) if span[2] == "*" else int(span[2])
            # As servers do: a range turns around, so that `n:*` always names the newest.
            found = [uid for uid in found if min(low, high) <= uid <= max(low, high)]
        if since := re.search(r"SINCE (\S+)", words):
            day = datetime.strptime(since[1], "%d-%b-%Y").replace(tzinfo=UTC)
            found = [uid for uid in found if self.server.mails[uid][1] >= day]
        if header := re.search(r'HEADER Message-ID "?([^"\s]+)"?', words):
            found = [uid for uid in found if header[1].encode() in self.server.mails[uid][0]]
        self.say(f"* SEARCH {' '.join(map(str, found))}".strip())
        return "OK"

    def do_uid_fetch(self, words):
        which, _space, parts = words.partition(" ")
        for uid in (int(one) for one in which.split(",")):
            if uid not in self.server.mails:
                continue
            raw, arrived_at = self.server.mails[uid]
            if "BODY.PEEK" not in parts:
                when = arrived_at.strftime("%d-%b-%Y %H:%M:%S +0000")
                size = self.server.sizes.get(uid, len(raw))
                self.say(f'* {uid} FETCH (UID {uid} RFC822.SIZE {size} INTERNALDATE "{when}")')
                continue
            if "HEADER" in parts:
                raw = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            elif uid in self.server.refused:
                return "NO cannot read it"
            part = "BODY[HEADER]" if "HEADER" in parts else "BODY[]"
            # Another mail's flags may be told at any time.
            self.say("* 1 FETCH (FLAGS (\\Seen) UID 1)")
            self.sock.sendall(f"* {uid} FETCH (UID {uid} {part} {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
        return "OK"

    def do_uid_store(self, words):
        uid, _space, flags = words.partition(" ")
        self.server.flags.setdefault(int(uid), set()).update(re.findall(r"\\\w+", flags))
        return "OK"

    def do_uid_move(self, words):
        uid, _space, folder = words.partition(" ")
        if folder.strip('"') not in self.server.folders:
            return "NO [TRYCREATE] no such folder"
        self.server.folders[folder.strip('"')].append(self.server.mails.pop(int(uid))[0])
        return "OK"

    def do_append(self, words):
        folder, size = words.split(" ")[0].strip('"'), int(re.search(r"{(\d+)}$", words)[1])
        if folder not in self.server.folders:
            return "NO [TRYCREATE] no such folder"
        self.say("+ go on")
        self.server.folders[folder].append(self.file.read(size))
        self.file.readline()
        return "OK"

    def do_list(self, _words):
        for name in ("INBOX", *self.server.folders):
            self.say(f'* LIST () "/" "{name}"')
        return "OK"

    def do_idle(self, _words):
        server, known = self.server, len(self.server.mails)
        self.say("+ idling")
        self.sock.settimeout(0.05)
        try:
            while True:
                try:
                    if self.file.readline().strip().upper() == b"DONE":
                        return "OK"
                except TimeoutError:
                    # A file of a socket that timed out reads no more.
                    self.file = self.sock.makefile("rb")
                if len(server.mails) != known:
                    known = len(server.mails)
                    self.say(f"* {known} EXISTS")
        finally:
            self.sock.settimeout(None)
