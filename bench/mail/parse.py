"""What understanding one mail costs beside the standard library's structured reader, in interleaved rounds (E1)."""

import argparse
import email
import email.policy

from bench.report import Figures, timed
from channels_app.email import parse
from channels_app.email.parsing import quotes
from channels_app.email.parsing.bodies import Bodies
from channels_app.email.parsing.headers import ids, text_of, unstructured
from channels_app.email.parsing.senders import sender_of
from channels_app.email.parsing.tree import Reader

TIMES = 150
WORDS = "The lamp that you sent us on Friday is dimmable, but it hums when it is turned down below a third. "
READ = ("subject", "date", "message-id", "in-reply-to", "references")


def letter(enclosed: int = 0) -> bytes:
    """A usual answer of 14 kB: twelve stations, text beside HTML, a quote, and if asked a file."""
    received = "".join(
        f"Received: from mx{n}.example (mx{n}.example [192.0.2.{n}])\r\n\tby mx{n + 1}.example with ESMTPS id {n}abc;\r\n"
        f"\tMon, 2 Nov 2026 09:1{n % 10}:00 +0100\r\n"
        for n in range(12)
    )
    text = "\r\n".join(
        [WORDS] * 20
        + ["", "On Mon, Nov 2, 2026 at 9:00 AM Ben <ben@acme.example> wrote:", ""]
        + ["> " + WORDS] * 20
    )
    quote = f'<div class="gmail_quote"><div class="gmail_attr">On Monday Ben wrote:</div><blockquote class="gmail_quote">{f"<p>{WORDS}</p>" * 20}</blockquote></div>'
    html = f'<div dir="ltr">{f"<p style={chr(34)}color:#333{chr(34)}>{WORDS}</p>" * 20}</div>{quote}'
    body = (
        '--alt\r\nContent-Type: text/plain; charset="UTF-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
        f'{text}\r\n--alt\r\nContent-Type: text/html; charset="UTF-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{html.replace("=", "=3D")}\r\n--alt--\r\n'
    )
    file = ""
    if enclosed:
        lines = ("QUJD" * 19 + "\r\n") * (enclosed // 57)
        file = f'\r\n--mix\r\nContent-Type: application/pdf; name="bill.pdf"\r\nContent-Disposition: attachment; filename="bill.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines}'
    head = (
        f"{received}From: =?UTF-8?Q?Ada_L=C3=B6velace?= <ada@customer.example>\r\nTo: Support <support@acme.example>, Ben <ben@acme.example>\r\n"
        "Cc: Cleo <cleo@client.example>\r\nSubject: =?UTF-8?Q?Re:_Your_order_4711_=E2=80=93_a_lamp?=\r\nDate: Mon, 2 Nov 2026 09:15:00 +0100\r\n"
        "Message-ID: <CA+abc@mail.example>\r\nIn-Reply-To: <0@acme.example>\r\nReferences: <a@acme.example> <b@acme.example>\r\n\t<0@acme.example>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="mix"\r\n\r\n--mix\r\nContent-Type: multipart/alternative; boundary="alt"\r\n\r\n'
    )
    return f"{head}{body}{file}\r\n--mix--\r\n".encode()


def naive(raw: bytes) -> int:
    """Headers, bodies and files by policy.default."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    seen = [str(mail[name]) for name in READ]
    seen += [address.addr_spec for name in ("from", "to", "cc") for address in mail[name].addresses]
    seen += [mail.get_body([kind]).get_content() for kind in ("plain", "html")]
    return len(seen) + sum(len(part.get_content()) for part in mail.iter_attachments())


def ours(raw: bytes) -> int:
    """The same, and no more, by our reader."""
    root = Reader().read(raw)
    bodies = Bodies()
    shown = bodies.collect(root)
    seen = [unstructured(root.first(name)) for name in READ] + ids(text_of(root.first("references")))
    return (
        len(seen)
        + len(sender_of(root, "").email)
        + len(shown)
        + sum(file.size for file in bodies.attachments)
    )


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./parley bench mail parse", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args(arguments).rounds
    figures = Figures("mail parse")
    usual, large = letter(), letter(200_000)
    text = parse(usual).text
    works = {
        "policy.default: headers and bodies": lambda: naive(usual),
        "ours: headers and bodies": lambda: ours(usual),
        "ours: all of parse()": lambda: parse(usual),
        "policy.default: with a file of 200 kB": lambda: naive(large),
        "ours: with a file of 200 kB": lambda: ours(large),
        "the quote cut from the text": lambda: quotes.cut(text),
    }
    for _ in range(rounds):
        for label, work in works.items():
            _, busy = timed(lambda work=work: [work() for _ in range(TIMES)])
            figures.add(label, "us CPU a mail", busy / TIMES * 1e6)
    _goals(figures)
    return figures.tell()


def _goals(figures: Figures) -> None:
    unit = "us CPU a mail"
    theirs = figures.middle("policy.default: headers and bodies", unit)
    parts = figures.middle("ours: headers and bodies", unit)
    figures.goal(
        "E1", f"policy.default over ours, {len(letter()) / 1000:.0f} kB", theirs / parts, 7, least=True
    )
    whole = figures.middle("ours: all of parse()", unit)
    figures.goal(
        "E1", "policy.default over parse() with cleaning and quotes", theirs / whole, 1.5, least=True
    )
