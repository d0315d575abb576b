"""Eight weeks before the demo's stories, drawn up: when who wrote, who answered how soon, what became of it. Pure.

The same every time but for the days, which end today. The team got quicker: reports have something to say.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random

from config.demo.past_words import EXCHANGES, FIRST, LAST, PAGES, TRACKING

DAYS = 56
SEED = 20260513
# How many a day, Monday first, and how they spread over the hours.
A_DAY = (11, 15, 11, 12, 10, 6, 4)
HOURS = {8: 2, 9: 5, 10: 8, 11: 9, 12: 6, 13: 6, 14: 10, 15: 12, 16: 9, 17: 6, 18: 3, 19: 2, 20: 1}
BUSY_HOURS = {**HOURS, 14: 16, 15: 24, 16: 14}  # Tuesdays
WHO = {
    "fr": {"nora": 34, "yann": 30, "tom": 12, "ines": 11, "priya": 6},
    "en": {"priya": 50, "tom": 30, "nora": 14},
}
BOT_ENDS = {"completed": 41, "abandoned": 36, "handed_over": 23}
COUNTRIES = {"fr": ["FR", "FR", "FR", "BE", "CH"], "en": ["GB", "GB", "IE", "NL", "SE"]}


@dataclass
class Said:
    who: str  # a member's key, "them" or "bot"
    text: str
    at: datetime


@dataclass
class Past:
    """One conversation. `who` is a member's key, "" where a bot alone spoke."""

    channel: str
    name: str
    language: str
    page: str
    at: datetime
    who: str = ""
    said: list[Said] = field(default_factory=list)
    closings: list[datetime] = field(default_factory=list)  # re-opened between them
    reopenings: list[datetime] = field(default_factory=list)
    score: int = 0  # 0: was not asked, -1: did not answer
    outcome: str = ""
    country: str = ""

    @property
    def closed_at(self) -> datetime:
        return self.closings[-1]


def plan(now: datetime) -> list[Past]:
    """In the order of their beginnings, all of them over before `now`."""
    drawn, found = Random(SEED), []  # noqa: S311
    for ago in range(DAYS - 1, -1, -1):
        day = (now - timedelta(days=ago)).date()
        hours = BUSY_HOURS if day.weekday() == 1 else HOURS
        usual = A_DAY[day.weekday()] * (1.0 if ago < DAYS / 2 else 0.92)
        for _one in range(round(usual + drawn.uniform(-1.5, 1.5))):
            hour = drawn.choices(list(hours), list(hours.values()))[0]
            clock = time(hour, drawn.randrange(60), drawn.randrange(60))
            found.append(_one_of(drawn, datetime.combine(day, clock, tzinfo=now.tzinfo), ago))
    return sorted(
        (one for one in found if one.closed_at < now - timedelta(minutes=5)), key=lambda one: one.at
    )


def _one_of(drawn: Random, at: datetime, ago: int) -> Past:
    language = drawn.choices(["fr", "en"], [62, 38])[0]
    mails = 0 if at.weekday() > 4 else 16
    channel = drawn.choices(["chat", "orders", "email"], [44, 40, mails])[0]
    name = f"{drawn.choice(FIRST[language])} {drawn.choice(LAST[language])}"
    past = Past(channel, name, language, drawn.choice(PAGES), at, country=drawn.choice(COUNTRIES[language]))
    if channel == "orders":
        past.page = "/suivi"
        past.outcome = drawn.choices(list(BOT_ENDS), list(BOT_ENDS.values()))[0]
        _with_the_bot(past, drawn)
    if past.outcome in ("", "handed_over"):
        _with_a_person(past, drawn, ago)
    return past


def _with_the_bot(past: Past, drawn: Random) -> None:
    ask, settled, fetched = TRACKING[past.language]
    at = past.at
    past.said += [
        Said("bot", ask, at),
        Said("them", f"AL-{drawn.randrange(4100, 4999)}", at + timedelta(seconds=25)),
    ]
    if past.outcome == "completed":
        past.said.append(Said("bot", settled, at + timedelta(seconds=28)))
    elif past.outcome == "handed_over":
        past.said.append(Said("bot", fetched, at + timedelta(seconds=28)))
    past.closings = [past.said[-1].at + timedelta(minutes=1 if past.outcome == "completed" else 30)]


def _with_a_person(past: Past, drawn: Random, ago: int) -> None:
    ask, answer, thanks = drawn.choice(EXCHANGES[past.language])
    past.who = drawn.choices(list(WHO[past.language]), list(WHO[past.language].values()))[0]
    at = past.said[-1].at + timedelta(seconds=20) if past.said else past.at
    past.said.append(Said("them", ask, at))
    at += timedelta(seconds=_first_reply(past, drawn, ago))
    past.said.append(Said(past.who, answer, at))
    at += timedelta(minutes=drawn.randrange(2, 25))
    past.said.append(Said("them", thanks, at))
    at += timedelta(minutes=drawn.choice([3, 8, 20, 60, 150, 240]))
    past.closings = [at]
    if drawn.random() < (0.07 if ago < DAYS / 2 else 0.16):
        again = at + timedelta(minutes=drawn.randrange(30, 200))
        past.said.append(Said(past.who, answer, again + timedelta(minutes=4)))
        past.reopenings, past.closings = [again], [at, again + timedelta(minutes=12)]
    if drawn.random() < 0.55:
        past.score = drawn.choices([5, 4, 3, 2, -1], [46, 20, 2, 2, 30])[0]


def _first_reply(past: Past, drawn: Random, ago: int) -> float:
    """Seconds: by mail from half an hour, eight weeks ago, to eleven minutes now; a chat waits two minutes, then less than one."""
    usual = 220 + 9 * ago + (90 if past.who == "tom" else 0)
    # Whom the bot hands over is waited for.
    pace = {"email": 3.0, "orders": 0.35}.get(past.channel, 0.22)
    return usual * pace * math.exp(drawn.gauss(0, 0.4))
