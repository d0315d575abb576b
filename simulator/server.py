"""Its HTTP side: /v25.0/… is the Graph API, / is the customer's page, /simulator/… orders faults."""

import email
import email.policy
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from simulator.customer import Customer
from simulator.graph import CutOff, Graph, Refusal, words_of
from simulator.hooks import Hooks
from simulator.page import DOCUMENT
from simulator.world import World

MOST = 30 * 1024 * 1024


class Simulator:
    """The server with its world; a context manager, for tests."""

    def __init__(self, world: World, *, port: int = 0):
        self.world, self.hooks = world, Hooks(world)
        self.graph = Graph(world, self.hooks)
        simulator = self

        class Bound(Handler):
            def setup(self):
                super().setup()
                self.sim = simulator

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Bound)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.api = f"{self.address}/v25.0"

    def customer(self, page: str, person: str, name: str = "") -> Customer:
        found = self.world.pages[page]
        return Customer(self.world, self.hooks, found, self.world.person(found, person, name), self.address)

    def __enter__(self) -> "Simulator":
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self.thread.start()
        return self

    def __exit__(self, *_exc) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)
        self.hooks.stop()


class Handler(BaseHTTPRequestHandler):
    sim: Simulator
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args) -> None:
        """Quiet: the page shows what happens."""

    def do_GET(self) -> None:
        self._handle("GET")

    def do_POST(self) -> None:
        self._handle("POST")

    def do_DELETE(self) -> None:
        self._handle("DELETE")

    def _handle(self, method: str) -> None:
        parts = urlsplit(self.path)
        path = [piece for piece in parts.path.split("/") if piece]
        asked = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        told, file = self._body() if method != "GET" else ({}, None)
        if path[:1] and path[0].startswith("v") and path[0][1:2].isdigit():
            return self._graph(method, path[1:], asked | told, file)
        if path == ["dialog", "oauth"] or path[1:] == ["dialog", "oauth"]:
            return self._dialog(asked)
        if path[:1] == ["files"]:
            return self._file(path[1])
        if path[:1] == ["simulator"]:
            return self._json(200, self._order(path[1:], asked | told, file))
        return self._say(200, "text/html; charset=utf-8", DOCUMENT.encode())

    def _body(self) -> tuple[dict, tuple | None]:
        length = min(int(self.headers.get("Content-Length") or 0), MOST)
        raw, kind = self.rfile.read(length), self.headers.get("Content-Type", "")
        if kind.startswith("application/json"):
            told = json.loads(raw or b"{}")
            return (told if isinstance(told, dict) else {}), None
        if kind.startswith("multipart/form-data"):
            return _multipart(kind, raw)
        return {key: values[-1] for key, values in parse_qs(raw.decode(errors="replace")).items()}, None

    def _graph(self, method: str, path: list[str], asked: dict, file: tuple | None) -> None:
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        try:
            answer = self.sim.graph.answer(method, path, asked, bearer or asked.get("access_token", ""), file)
        except Refusal as refusal:
            return self._say(refusal.status, "application/json", words_of(refusal), refusal.headers)
        except CutOff:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return None
        return self._json(200, answer)

    def _dialog(self, asked: dict) -> None:
        """Everybody says yes at once."""
        back = f"{asked['redirect_uri']}?{urlencode({'code': 'simulator', 'state': asked.get('state', '')})}"
        self._say(302, "text/plain", b"", {"Location": back})

    def _file(self, key: str) -> None:
        kind, content = self.sim.world.files.get(key, ("text/plain", b""))
        self._say(200 if content else 404, kind, content)

    def _order(self, path: list[str], asked: dict, file: tuple | None) -> dict:
        world = self.sim.world
        if path == ["state"]:
            return self._state(asked)
        if path == ["fault"]:
            world.faults[asked["name"]] += int(asked.get("times", 1))
        elif path == ["slow"]:
            world.slow = float(asked.get("seconds", 0))
        elif path == ["later"]:
            world.ahead += float(asked.get("hours", 0)) * 3600
        else:
            customer = self.sim.customer(asked["page"], asked["person"], asked.get("name", ""))
            self._act(customer, path[0], asked, file)
        return {"ok": True}

    def _act(self, customer: Customer, verb: str, asked: dict, file: tuple | None) -> None:
        if verb == "say":
            customer.say(asked.get("text", ""), ref=asked.get("ref", ""), payload=asked.get("payload", ""))
        elif verb == "file" and file:
            customer.send_file(quote(file[0]), file[2])
        elif verb == "start":
            customer.start(asked.get("ref", ""))
        elif verb == "read":
            customer.read()
        elif verb == "react":
            customer.react(asked["mid"], asked.get("emoji", "❤"))
        elif verb == "edit":
            customer.edit(asked["mid"], asked["text"])
        elif verb == "control":
            customer.hand_over(asked.get("app", ""))
        elif verb == "unsend":
            customer.unsend(asked["mid"])

    def _state(self, asked: dict) -> dict:
        world = self.sim.world
        pages = [
            {
                "id": page.id,
                "name": page.name,
                "people": [
                    {"id": one.id, "name": f"{one.first_name} {one.last_name}".strip()}
                    for one in page.people.values()
                ],
            }
            for page in world.pages.values()
        ]
        page = world.pages.get(asked.get("page", ""))
        person = page.people.get(asked.get("person", "")) if page else None
        return {
            "pages": pages,
            "said": person.said if person else [],
            "ahead": world.ahead,
            "faults": {name: times for name, times in world.faults.items() if times > 0},
            "refusals": self.sim.hooks.refusals,
            "waiting": self.sim.hooks.waiting.unfinished_tasks,
        }

    def _json(self, status: int, told: dict) -> None:
        self._say(status, "application/json", json.dumps(told).encode())

    def _say(self, status: int, kind: str, body: bytes, headers: dict | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _multipart(kind: str, raw: bytes) -> tuple[dict, tuple | None]:
    """(fields, (name, type, bytes)): fields that are JSON are read as such, as Meta reads them."""
    whole = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + raw, policy=email.policy.HTTP)
    told, file = {}, None
    for part in whole.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):  # nothing, or parts of its own
            content = b""
        if part.get_filename():
            file = (part.get_filename(), part.get_content_type(), content)
        else:
            text = content.decode(errors="replace")
            told[str(name)] = json.loads(text) if text[:1] in "{[" else text
    return told, file
