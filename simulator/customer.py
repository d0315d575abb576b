"""What a customer does on the simulator's page."""

import mimetypes

from simulator.hooks import Hooks
from simulator.world import Page, Person, World

KINDS = {"image": "image", "audio": "audio", "video": "video"}
HOURS = 3600


class Customer:
    """One person of a page, at the keys."""

    def __init__(self, world: World, hooks: Hooks, page: Page, person: Person, site: str = ""):
        self.world, self.hooks, self.page, self.person, self.site = world, hooks, page, person, site

    def say(
        self, text: str = "", *, ref: str = "", payload: str = "", attachments: list | None = None
    ) -> str:
        """Write, or tap a quick reply (`payload`), having come by a link (`ref`). Returns the message's id."""
        with self.world.lock:
            mid = self.world.mid()
            message: dict[str, object] = {"mid": mid}
            message |= {"text": text} if text else {}
            message |= {"quick_reply": {"payload": payload}} if payload else {}
            message |= {"attachments": attachments} if attachments else {}
            message |= {"referral": {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}} if ref else {}
            self._wrote(mid, text, attachments)
            self.hooks.tell(self.page, self.person, message=message)
        return mid

    def send_file(self, name: str, content: bytes) -> str:
        with self.world.lock:
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            key = self.world.mid()
            self.world.files[key] = (kind, content)
        sort = KINDS.get(kind.partition("/")[0], "file")
        return self.say(attachments=[{"type": sort, "payload": {"url": f"{self.site}/files/{key}/{name}"}}])

    def start(self, ref: str = "") -> None:
        """Tap "Get started", perhaps having come by an m.me link."""
        mid = self.world.mid()
        told: dict[str, object] = {"mid": mid, "title": "Get started", "payload": "GET_STARTED"}
        told |= {"referral": {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}} if ref else {}
        self._wrote(mid, "Get started", None)
        self.hooks.tell(self.page, self.person, postback=told)

    def read(self) -> None:
        self.hooks.tell(self.page, self.person, read={"watermark": int(self.world.now() * 1000)})

    def react(self, mid: str, emoji: str) -> None:
        told = {"mid": mid, "emoji": emoji, "reaction": "other", "action": "react"}
        self.hooks.tell(self.page, self.person, reaction=told)

    def edit(self, mid: str, text: str) -> None:
        entry = self._entry(mid)
        entry["text"], entry["edits"] = text, entry.get("edits", 0) + 1
        told = {"mid": mid, "text": text, "num_edit": entry["edits"]}
        self.hooks.tell(self.page, self.person, message_edit=told)

    def unsend(self, mid: str) -> None:
        self._entry(mid)["text"] = ""
        self.hooks.tell(self.page, self.person, message={"mid": mid, "is_deleted": True})

    def hand_over(self, app: str = "") -> None:
        """Another app of the page takes them ("" gives them back to us): ordered on the page, as a person there would."""
        with self.world.lock:
            self.person.with_app = app
            verb = "take_thread_control" if app else "pass_thread_control"
            now = app or self.world.app_id
            self.hooks.tell(self.page, self.person, handover=True, **{verb: {"new_owner_app_id": now}})

    def _entry(self, mid: str) -> dict:
        return next(entry for entry in self.person.said if entry.get("mid") == mid)

    def _wrote(self, mid: str, text: str, attachments: list | None) -> None:
        self.person.wrote_at = self.world.now()
        url = attachments[0]["payload"].get("url", "") if attachments else ""
        self.person.said.append(
            {"by": "customer", "mid": mid, "text": text, "at": self.world.now(), "url": url}
        )
