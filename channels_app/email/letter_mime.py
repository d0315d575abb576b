"""A letter as bytes. Headers that carry people and ids are written here, line by line: the standard library folds
long Message-IDs into encoded words, which no mail program reads, and loses quotes around some names."""

import re
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.parser import Parser
from email.utils import format_datetime

from conversations.envelope import Person, on_one_line

PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
LINE = "\r\n"


class Ready(str):
    """A header's value as it is to stand on the wire; `name` and `fold` are what the policy asks of it."""

    name: str

    @classmethod
    def of(cls, name: str, pieces: list[str], separator: str) -> "Ready":
        value = cls(f"{separator}{LINE} ".join(pieces))
        value.name = name
        return value

    def fold(self, *, policy) -> str:
        return f"{self.name}: {self}{LINE}"


def people(name: str, given: tuple[Person, ...]) -> Ready:
    return Ready.of(name, [_written(person) for person in given], ",")


def ids(name: str, given: tuple[str, ...]) -> Ready:
    return Ready.of(name, list(given), "")


def _written(person: Person) -> str:
    name = on_one_line(person.name)
    if not name:
        return f"<{wire_address(person.address)}>"
    if not name.isascii():
        shown = Header(name, "utf-8", maxlinelen=70).encode(linesep=LINE)
    elif PLAIN_NAME.fullmatch(name):
        shown = name
    else:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        shown = f'"{escaped}"'
    return f"{shown} <{wire_address(person.address)}>"


def wire_address(address: str) -> str:
    """The domain as its A-label; the local part as its owner spells it."""
    local, _at, domain = address.strip().rpartition("@")
    return f"{local}@{Person('', address).key.rpartition('@')[2]}" if local and domain else address


def needs_utf8(*people: Person) -> bool:
    return any(not wire_address(person.address).isascii() for person in people)


def build(letter) -> EmailMessage:
    """The whole mail. Raises ValueError when its addresses do not read back as they were given."""
    mail = EmailMessage(policy=policy.SMTPUTF8 if letter.needs_utf8 else policy.SMTP)
    mail["From"] = people("From", (letter.sender,))
    for name in ("To", "Cc"):
        if given := getattr(letter, name.lower()):
            mail[name] = people(name, given)
    if letter.reply_to:
        mail["Reply-To"] = people("Reply-To", letter.reply_to)
    mail["Subject"] = on_one_line(letter.subject)
    mail["Date"] = format_datetime(letter.date)
    mail["Message-ID"] = ids("Message-ID", (letter.message_id,))
    if letter.in_reply_to:
        mail["In-Reply-To"] = ids("In-Reply-To", (letter.in_reply_to,))
    if letter.references:
        mail["References"] = ids("References", letter.references)
    for name, value in letter.marks.items():
        mail[name] = value
    _fill(mail, letter)
    return mail


def _fill(mail: EmailMessage, letter) -> None:
    mail.set_content(letter.text, cte="quoted-printable")
    if letter.html:
        mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        shown = mail.get_body(("html",))
        for file in letter.files:
            if file.cid and shown is not None:
                kind, subtype = _type(file.kind)
                shown.add_related(
                    file.read(), kind, subtype, cid=f"<{file.cid}>", filename=file.name, disposition="inline"
                )
    for file in letter.files:
        if not (file.cid and letter.html):
            mail.add_attachment(file.read(), *_type(file.kind), filename=file.name)


def _type(kind: str) -> tuple[str, str]:
    """Mails within mails travel as plain files: theirs may not be encoded, and ours must be."""
    main, _slash, sub = kind.partition("/")
    return (main, sub) if sub and main not in ("message", "multipart") else ("application", "octet-stream")


def check_addresses(raw: bytes, letter) -> None:
    """Read the head back and compare: what a name smuggled in would show as another address (T086, T087)."""
    head = raw.partition(b"\r\n\r\n")[0].decode() + "\r\n\r\n"
    read = Parser(policy=policy.SMTPUTF8).parsestr(head, headersonly=True)
    for name in ("From", "To", "Cc", "Bcc"):
        given = {"From": (letter.sender,), "Bcc": ()}.get(name)
        given = getattr(letter, name.lower()) if given is None else given
        headers = read.get_all(name, [])
        found = [address.addr_spec for header in headers for address in header.addresses]
        if found != [wire_address(person.address) for person in given] or len(headers) > 1:
            raise ValueError(f"The addresses in {name} do not read back as they were given.")
