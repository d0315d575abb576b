"""Recorded mails, broken in the ways that wires, filters and enemies break them. The same seed gives the same mails."""

import random
from collections.abc import Iterator

PIECES = [
    b"\x00", b"\r", b"\r\n\r\n", b"\n", b"\xff\xfe", b"\xc3", b"=?utf-8?q?", b"?=", b"--", b"boundary=", b'"', b"<", b">", b"(", b";", b",", b":", b"=\n",
    b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Transfer-Encoding: base64\n", b"charset=utf-7", b"charset=punycode", b"+2AA-", b"<div>", b"<blockquote type=cite>",
    b"<svg><style>", b"On 1 Jan 2020 a@b wrote:\n", b"From: x\n", b"%E2%80%AE", b"begin 644 x\n", b"\xe2\x80\xa8", b"Re: ", b"> ",
]  # fmt: skip


def mutations(seeds: list[bytes], *, seed: int, number: int) -> Iterator[bytes]:
    dice = random.Random(seed)  # noqa: S311  (a repeatable choice, nothing secret)
    for _ in range(number):
        raw = bytearray(dice.choice(seeds))
        for _ in range(dice.randint(1, 8)):
            dice.choice(WAYS)(raw, dice, seeds)
        yield bytes(raw[:200_000])


def _flip(raw: bytearray, dice: random.Random, seeds: list[bytes]) -> None:
    if raw:
        raw[dice.randrange(len(raw))] = dice.randrange(256)


def _insert(raw: bytearray, dice: random.Random, seeds: list[bytes]) -> None:
    at = dice.randint(0, len(raw))
    raw[at:at] = dice.choice(PIECES) * dice.choice((1, 1, 1, 50))


def _remove(raw: bytearray, dice: random.Random, seeds: list[bytes]) -> None:
    at = dice.randint(0, len(raw))
    del raw[at : at + dice.choice((1, 2, 10, 200))]


def _repeat(raw: bytearray, dice: random.Random, seeds: list[bytes]) -> None:
    at = dice.randint(0, len(raw))
    raw[at:at] = raw[at : at + dice.randint(1, 300)] * dice.randint(1, 20)


def _splice(raw: bytearray, dice: random.Random, seeds: list[bytes]) -> None:
    other, at = dice.choice(seeds), dice.randint(0, len(raw))
    begin = dice.randint(0, len(other))
    raw[at:at] = other[begin : begin + dice.randint(1, 600)]


def _cut(raw: bytearray, dice: random.Random, seeds: list[bytes]) -> None:
    del raw[dice.randint(0, len(raw)) :]


def _swap_line_ends(raw: bytearray, dice: random.Random, seeds: list[bytes]) -> None:
    raw[:] = raw.replace(b"\n", dice.choice((b"\r\n", b"\r", b"\r\r\n", b"\n\n")))


WAYS = (_flip, _flip, _insert, _insert, _remove, _repeat, _splice, _cut, _swap_line_ends)
