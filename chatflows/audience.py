"""Who comes by: a sample of visitors and their page views of a week, and how many of them would meet a chatflow.

No browser is marked for it. A visitor is a number made of their address and browser with our secret, good to tell two apart and
for nothing else; it is kept eight days. Of busy sites only every 2nd, 4th, 8th … visitor is kept, with all their pages.
"""

import hashlib
import json
import time
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

import redis
from django.conf import settings

from chatflows.addresses import page_of
from chatflows.counting import DAY, add_page, flush, pages_key
from chatflows.targeting import Facts, Targeting, judge
from events.dispatch import valkey

DAYS = 7
LONGEST_VALUE = 40  # of a parameter: longer ones are keys and codes


def visitor_number(address: str, browser: str) -> int:
    told = f"{settings.SECRET_KEY}\0{address}\0{browser}".encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=4).digest(), "big")


def note_page(channel_id: int, visitor: int, facts: Facts) -> None:
    told = [
        without_secrets(facts.url),
        facts.country,
        facts.device,
        facts.language,
        facts.page_views,
        facts.referrer[:200],
        int(facts.returning),
        facts.seconds,
    ]
    add_page(channel_id, visitor, told)


def without_secrets(url: str) -> str:
    """An address without a user's name, keys and codes."""
    page = page_of(url)
    try:
        parts = urlsplit(url[:500])
    except ValueError:
        return ""
    kept = [(name, value) for name, value in page.parameters if len(value) <= LONGEST_VALUE]
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, urlencode(kept), ""))


@dataclass(frozen=True)
class Estimate:
    """Of the visitors of the last week: how many would meet it, of how many. `one_in`: how thin the sample is."""

    fitting: int
    visitors: int
    one_in: int = 1


def estimate(channel_id: int, targeting: Targeting) -> Estimate | None:
    """None when nothing is known. What a line asks of a contact counts as not met: pages do not tell who is known."""
    flush()
    rows, one_in = _sample(channel_id)
    everybody, fitting = set(), set()
    for visitor, *told in rows:
        if visitor % one_in:
            continue
        everybody.add(visitor)
        if visitor not in fitting and judge(targeting, _facts(told)).fits:
            fitting.add(visitor)
    return Estimate(len(fitting) * one_in, len(everybody) * one_in, one_in) if everybody else None


def _sample(channel_id: int) -> tuple[list[list], int]:
    today = int(time.time()) // DAY
    keys = [pages_key(channel_id, today - ago) for ago in range(DAYS)]
    try:
        pipe = valkey().pipeline(transaction=False)
        for key in keys:
            pipe.lrange(key, 0, -1)
            pipe.get(f"{key}:one_in")
        answers = pipe.execute()
    except redis.RedisError:
        return [], 1
    rows = [json.loads(row) for found in answers[::2] for row in found]
    return rows, max((int(one or 1) for one in answers[1::2]), default=1)


def _facts(told: list) -> Facts:
    url, country, device, language, views, referrer, returning, seconds = told
    return Facts(
        url=url,
        country=country,
        device=device,
        language=language,
        page_views=views,
        referrer=referrer,
        returning=bool(returning),
        seconds=seconds,
    )
