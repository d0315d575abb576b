"""The Graph API as far as Messenger needs it, with Meta's answers and Meta's errors."""

import itertools
import json
import time

from simulator.hooks import Hooks
from simulator.world import DAY, HUMAN, LONGEST, Page, World

_traces = itertools.count(1)


class Refusal(Exception):
    """An error as Meta words it."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        subcode: int = 0,
        kind: str = "OAuthException",
        wait: int = 0,
    ):
        super().__init__(message)
        self.status, self.headers = status, {"Retry-After": str(wait)} if wait else {}
        error = {"message": message, "type": kind, "code": code, "fbtrace_id": f"Sim{next(_traces)}"}
        self.told = {"error": error | ({"error_subcode": subcode} if subcode else {})}


class CutOff(Exception):
    """The line breaks here, after everything was done."""


LIMITED = "(#613) Calls to this API have exceeded the rate limit."
OUTSIDE = "(#10) This message is sent outside of allowed window."
GONE = "Error validating access token: The session has been invalidated."


class Graph:
    def __init__(self, world: World, hooks: Hooks):
        self.world, self.hooks = world, hooks

    def answer(
        self, method: str, path: list[str], asked: dict, token: str, file: tuple | None = None
    ) -> dict:
        """Answer one request; `path` is without the version. Raises Refusal or CutOff."""
        if self.world.slow:
            time.sleep(self.world.slow)
        if path == ["oauth", "access_token"]:
            return self._exchange(asked)
        if path == ["me", "accounts"]:
            return self._accounts(token)
        page = self._page(token)
        if method == "GET":
            return self._look(page, path)
        if path[-1:] == ["subscribed_apps"]:
            page.subscribed = method == "POST"
            return {"success": True}
        if path[-1:] == ["messages"] and path[0] in ("me", page.id):
            return self._send(page, asked, file)
        if path[-1:] in (["take_thread_control"], ["request_thread_control"], ["pass_thread_control"]):
            return self._control(page, path[-1], asked)
        raise Refusal(400, 2500, f"Unknown path components: /{'/'.join(path)}")

    def _page(self, token: str) -> Page:
        page = self.world.page_with(token)
        if page is None or self.world.due("token"):
            raise Refusal(401, 190, GONE, 460)
        return page

    def _exchange(self, asked: dict) -> dict:
        if asked.get("client_secret") != self.world.app_secret:
            raise Refusal(400, 1, "Error validating client secret.")
        return {"access_token": "simulator-person-token", "token_type": "bearer"}

    def _accounts(self, token: str) -> dict:
        if token != "simulator-person-token":
            raise Refusal(401, 190, GONE, 460)
        rows = [
            {"id": page.id, "name": page.name, "access_token": page.token, "tasks": ["MESSAGING", "MODERATE"]}
            for page in self.world.pages.values()
        ]
        return {"data": rows}

    def _look(self, page: Page, path: list[str]) -> dict:
        if path in (["me"], [page.id]):
            return {"id": page.id, "name": page.name}
        person = page.people.get(path[0])
        if person is None:
            raise Refusal(400, 100, "Unsupported get request.", 33, "GraphMethodException")
        told = {"id": person.id, "first_name": person.first_name, "last_name": person.last_name}
        return told | ({"profile_pic": person.picture} if person.picture else {})

    # ── Sending ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _send(self, page: Page, asked: dict, file: tuple | None) -> dict:
        with self.world.lock:
            to = str((asked.get("recipient") or {}).get("id") or "")
            if not to:
                raise Refusal(400, 100, "(#100) Param recipient must be non-empty.")
            person = self.world.person(page, to)
            if action := asked.get("sender_action"):
                person.said.append({"by": "page", "action": action, "at": self.world.now()})
                return {"recipient_id": to}
            self._check_limits()
            if person.with_app:
                raise Refusal(400, 10, "(#10) Another app controls this thread now.", 2018300)
            self._check_window(asked, self.world.silence(person))
            mid = self._take(page, person, asked.get("message") or {}, file, asked)
        if self.world.due("die"):
            raise CutOff
        return {"recipient_id": to, "message_id": mid}

    def _control(self, page: Page, verb: str, asked: dict) -> dict:
        """Which app has a person. Another one is a fault that is ordered; it lets itself be taken over."""
        with self.world.lock:
            to = str((asked.get("recipient") or {}).get("id") or "")
            if not to:
                raise Refusal(400, 100, "(#100) Param recipient must be non-empty.")
            person = self.world.person(page, to)
            if verb == "take_thread_control":
                person.with_app = ""
            elif verb == "pass_thread_control":
                person.with_app = str(asked.get("target_app_id") or "")
            person.said.append({"by": "page", "action": verb, "at": self.world.now()})
        return {"success": True}

    def _check_limits(self) -> None:
        if self.world.due("limit"):
            raise Refusal(429, 613, LIMITED, wait=2)
        if self.world.due("busy"):
            raise Refusal(500, 1200, "Temporary send message failure. Please try again later.")
        if self.world.due("blocked"):
            raise Refusal(400, 551, "(#551) This person isn't available right now.", 1545041)

    def _check_window(self, asked: dict, silence: float) -> None:
        is_human = asked.get("messaging_type") == "MESSAGE_TAG" and asked.get("tag") == "HUMAN_AGENT"
        if silence > (HUMAN if is_human else DAY):
            raise Refusal(400, 10, OUTSIDE, 2018278)

    def _take(self, page: Page, person, message: dict, file: tuple | None, asked: dict) -> str:
        text, attachment = message.get("text"), message.get("attachment")
        if not text and not attachment:
            raise Refusal(400, 100, "(#100) Message cannot be empty, must provide valid attachment or text.")
        if text and len(text) > LONGEST:
            raise Refusal(
                400, 100, f"(#100) Length of param message[text] must be less than or equal to {LONGEST}."
            )
        mid = self.world.mid()
        said = {
            "by": "page",
            "mid": mid,
            "text": text or "",
            "at": self.world.now(),
            "tag": asked.get("tag", ""),
        }
        said["choices"] = [choice.get("title", "") for choice in message.get("quick_replies") or []]
        told = {"mid": mid} | ({"text": text} if text else {})
        if file:
            self.world.files[mid] = (file[1], file[2])
            said["file"] = {"name": file[0], "kind": file[1], "url": f"/files/{mid}"}
        if attachment:
            told["attachments"] = [{"type": attachment.get("type", "file"), "payload": {}}]
        if metadata := message.get("metadata"):
            told["metadata"] = metadata
        person.said.append(said)
        self.world.taken.append(
            {
                "to": person.id,
                "message": message,
                "file": file and file[0],
                **{k: asked.get(k) for k in ("tag", "messaging_type")},
            }
        )
        if not self.world.due("no-echo"):
            self.hooks.echo(page, person, told)
        self.hooks.tell(page, person, delivery={"mids": [mid], "watermark": int(self.world.now() * 1000)})
        return mid


def words_of(refusal: Refusal) -> bytes:
    return json.dumps(refusal.told).encode()
