"""A provider of the test's own: an SMTP server that asks for a password or a token, and an OAuth server."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


class FakeSmtp:
    """Takes mail of who signs in. `received` holds (sender, recipients, bytes); `on_mail` is called with each."""

    def __init__(self, *, password: str = "secret", tokens: set[str] | None = None):
        self.password, self.tokens = password, tokens if tokens is not None else set()
        self.received: list[tuple[str, list[str], bytes]] = []
        self.on_mail = None
        self.refuses_sender = False
        self.controller = _Controller(
            self,
            hostname="127.0.0.1",
            port=0,
            authenticator=self._knows,
            auth_required=True,
            auth_require_tls=False,
        )
        self.controller.start()
        self.port = self.controller.server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        self.controller.stop()

    def _knows(self, _server, _session, _envelope, _mechanism, data) -> AuthResult:
        return AuthResult(success=data.password.decode() == self.password, handled=False)

    async def handle_MAIL(self, _server, _session, envelope, address, _options):
        if self.refuses_sender:
            return "553 not your address"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.received.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        if self.on_mail:
            self.on_mail(envelope.content)
        return "250 taken"

    async def auth_XOAUTH2(self, server, args):
        said = base64.b64decode(args[1]).decode()
        token = said.partition("auth=Bearer ")[2].strip("\1")
        if token in self.tokens:
            return AuthResult(success=True)
        await server.push("334 " + base64.b64encode(b'{"status":"401"}').decode())
        await server._reader.readline()
        return AuthResult(success=False, handled=False)


class _Controller(Controller):
    def factory(self):
        return SMTP(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]  # chosen by the system
        super()._trigger_server()


class FakeOAuth:
    """authorize, token and revoke. Codes and tokens live in memory; `grants` are the refresh tokens that still hold."""

    def __init__(self, *, email: str = "support@acme.example"):
        self.email = email
        self.codes: dict[str, dict] = {}
        self.grants: set[str] = set()
        self.tokens: set[str] = set()  # the access tokens that servers take
        self.lifetime = 3600
        self.asked: list[dict] = []
        handler = type("Handler", (_Answers,), {"provider": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def endpoints(self, imap_port: int, smtp_port: int) -> dict:
        """What stands in settings.MAIL_PROVIDERS for this provider."""
        return {
            "client_id": "parley",
            "client_secret": "hush",
            "authorize": f"{self.url}/authorize",
            "token": f"{self.url}/token",
            "revoke": f"{self.url}/revoke",
            "scope": "mail",
            "ask": {"access_type": "offline"},
            "imap": ("127.0.0.1", imap_port, "plain"),
            "smtp": ("127.0.0.1", smtp_port, "plain"),
        }

    def withdraw(self) -> None:
        """The owner of the mailbox takes the permission back."""
        self.grants.clear()
        self.tokens.clear()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def consent(self, query: dict) -> str:
        """The person says yes: where the browser is sent back to."""
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict) -> tuple[int, dict]:
        self.asked.append(form)
        if (form.get("client_id"), form.get("client_secret")) != ("parley", "hush"):
            return 401, {"error": "invalid_client"}
        if form["grant_type"] == "authorization_code":
            given = self.codes.pop(form.get("code"), None)
            if given is None or given["redirect_uri"] != form["redirect_uri"]:
                return 400, {"error": "invalid_grant"}
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != given["code_challenge"]:
                return 400, {"error": "invalid_grant"}
            return 200, self._tokens(refresh=secrets.token_urlsafe(8))
        if form.get("refresh_token") not in self.grants:
            return 400, {"error": "invalid_grant"}
        return 200, self._tokens(refresh="")

    def _tokens(self, refresh: str) -> dict:
        access = secrets.token_urlsafe(8)
        self.tokens.add(access)
        claims = base64.urlsafe_b64encode(json.dumps({"email": self.email}).encode()).rstrip(b"=").decode()
        answer = {"access_token": access, "expires_in": self.lifetime, "id_token": f"x.{claims}.x"}
        if refresh:
            self.grants.add(refresh)
            answer["refresh_token"] = refresh
        return answer

    def secret(self, *, expires_in: float = 3600) -> dict:
        """A secret as the consent leaves it."""
        answer = self._tokens(refresh=secrets.token_urlsafe(8))
        return {
            "access": answer["access_token"],
            "refresh": answer["refresh_token"],
            "expires_at": time.time() + expires_in,
        }


class _Answers(BaseHTTPRequestHandler):
    provider: FakeOAuth

    def do_GET(self):
        query = {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self.send_response(302)
        self.send_header("Location", self.provider.consent(query))
        self.end_headers()

    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[-1] for name, values in parse_qs(raw).items()}
        if self.path == "/revoke":
            self.provider.grants.discard(form["token"])
            status, answer = 200, {}
        else:
            status, answer = self.provider.token(form)
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass
