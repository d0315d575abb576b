"""Meta's Graph API: what we ask of it, and what its errors mean in words."""

import http.client
import json
import uuid
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from channels_app.adapter import AccountTrouble, DeliveryRefused, Unreachable
from channels_app.messenger import web
from events.retry import Postponed

MOST = 2 * 1024 * 1024
WAIT = 60  # seconds, when a limit was reached and no one says for how long
LONGEST_WAIT = 3600

LIMITS = {4, 17, 32, 341, 368, 613, 80006}  # too much was asked: later it is fine
PASSING = {1, 2, 1200}  # "try again later"
LET_OUT = {102, 190, 463, 467}  # the token is gone


class Unclear(Unreachable):
    """The line broke after the request was handed over: it may have been taken."""


@dataclass(frozen=True)
class Fault:
    """An error as Meta tells it."""

    code: int
    subcode: int
    message: str

    @classmethod
    def of(cls, told: dict) -> "Fault":
        given = told.get("error")
        error = given if isinstance(given, dict) else {}
        code, subcode = (_whole(error.get(name)) for name in ("code", "error_subcode"))
        return cls(code, subcode, str(error.get("message") or "")[:300])

    @property
    def words(self) -> str:
        known = {
            (10, 2018278): _(
                "Messenger no longer takes answers here: the customer’s last message is too long ago."
            ),
            (10, 2018065): _(
                "Messenger no longer takes answers here: the customer’s last message is too long ago."
            ),
            (10, 1893063): _("Facebook has stopped this page from sending messages for a while."),
            (10, 2018300): _(
                "Another app answers this person now. Make this one the page’s primary receiver."
            ),
            (551, 1545041): _("This person cannot be reached in Messenger at the moment."),
            (100, 2018001): _("Messenger does not know this person any more."),
            (100, 2018047): _("Messenger did not take this file."),
            (200, 2018028): _(
                "The Meta app may not write to this person yet: its permissions are not approved."
            ),
        }
        general = {
            10: _("The Meta app lacks a permission for this."),
            100: _("Messenger did not understand this message."),
            190: _("Facebook does not let us into this page any more. Connect it again."),
            200: _("The Meta app lacks a permission for this."),
            230: _("The Meta app lacks a permission for this."),
            551: _("This person cannot be reached in Messenger at the moment."),
        }
        told = known.get((self.code, self.subcode)) or general.get(self.code)
        if self.code in LET_OUT:
            told = general[190]
        return " ".join(filter(None, (told, f"({self.message})" if self.message else ""))) or _(
            "Messenger refused without a reason."
        )


def get(path: str, token: str, **asked) -> dict:
    return _ask("GET", f"{path}?{urlencode(asked)}" if asked else path, token)


def post(path: str, token: str, told: dict) -> dict:
    return _ask("POST", path, token, json.dumps(told).encode(), "application/json")


def delete(path: str, token: str) -> dict:
    return _ask("DELETE", path, token)


def upload(path: str, token: str, told: dict, *, name: str, kind: str, content: bytes) -> dict:
    """A file along with what is told of it, as multipart/form-data."""
    mark = uuid.uuid4().hex
    lines = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{_field(value)}\r\n'.encode()
        for key, value in told.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="filedata"; filename="{quote(name)}"\r\n'
    body = b"".join(
        [*lines, f"{head}Content-Type: {kind}\r\n\r\n".encode(), content, f"\r\n--{mark}--\r\n".encode()]
    )
    return _ask("POST", path, token, body, f"multipart/form-data; boundary={mark}")


def _field(value) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _ask(method: str, path: str, token: str, body: bytes = b"", kind: str = "") -> dict:
    """Raises DeliveryRefused for good, AccountTrouble, Postponed by a limit, Unclear or Unreachable."""
    url = f"{settings.MESSENGER_API}/{path.lstrip('/')}"
    try:
        answer = web.request(method, url, body=body, kind=kind, most=MOST, token=token)
    except web.NotSent as error:
        raise Unreachable(str(error)) from error
    except (OSError, http.client.HTTPException, web.TooLarge) as error:
        raise Unclear(str(error)) from error
    told = _json(answer.body)
    if 200 <= answer.status < 300 and "error" not in told:
        return told
    raise _trouble(answer, told)


def _trouble(answer: web.Answer, told: dict) -> Exception:
    fault = Fault.of(told)
    if fault.code in LIMITS or answer.status == 429:
        return Postponed(_wait(answer))
    if fault.code in LET_OUT or (answer.status == 401 and not fault.code):
        return AccountTrouble(fault.words)
    if fault.code in PASSING:
        return Unreachable(fault.words)
    if answer.status >= 500 and not fault.code:
        return Unclear(_("Messenger answered with %(status)s.") % {"status": answer.status})
    return DeliveryRefused(fault.words)


def _wait(answer: web.Answer) -> float:
    """What Meta says of how long a limit holds: seconds, or minutes in its own header."""
    asked = answer.header("retry-after")
    if asked.isdecimal():
        return min(max(int(asked), 1), LONGEST_WAIT)
    for entries in _json(answer.header("x-business-use-case-usage").encode()).values():
        for entry in entries if isinstance(entries, list) else ():
            minutes = _whole(entry.get("estimated_time_to_regain_access")) if isinstance(entry, dict) else 0
            if minutes:
                return min(minutes * 60, LONGEST_WAIT)
    return WAIT


def _json(body: bytes) -> dict:
    try:
        told = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _whole(value) -> int:
    return value if isinstance(value, int) else 0
