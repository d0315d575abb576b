"""What the simulator remembers: pages, people, what was said, and which faults are due. One lock for all of it."""

import itertools
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

DAY = 24 * 3600
HUMAN = 7 * DAY
LONGEST = 2000


@dataclass
class Person:
    id: str
    first_name: str
    last_name: str = ""
    picture: str = ""
    said: list[dict] = field(default_factory=list)
    # When they last wrote, by the simulator's clock; None: nobody knows, so that the window counts as open.
    wrote_at: float | None = None
    # The other app of the page that answers them; "": we do.
    with_app: str = ""


@dataclass
class Page:
    id: str
    name: str
    token: str
    people: dict[str, Person] = field(default_factory=dict)
    subscribed: bool = True


class World:
    """The whole of it. `ahead` is how far its clock was pushed forward, to let windows close."""

    def __init__(self, *, app_id: str = "simulator", app_secret: str = "", hook: str = ""):
        self.app_id, self.app_secret, self.hook = app_id, app_secret, hook
        self.lock = threading.RLock()
        self.pages: dict[str, Page] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.faults: Counter[str] = Counter()
        self.slow = 0.0
        self.ahead = 0.0
        self.taken: list[dict] = []
        self._numbers = itertools.count(1)
        self._born = f"{int(time.time() * 1000):x}"

    def now(self) -> float:
        return time.time() + self.ahead

    def mid(self) -> str:
        return f"m_sim{self._born}_{next(self._numbers)}"

    def add_page(self, id: str, name: str, token: str) -> Page:
        page = self.pages[id] = Page(id, name, token)
        return page

    def person(self, page: Page, id: str, name: str = "") -> Person:
        """Somebody who is known, or now is."""
        if id not in page.people:
            first, _sep, last = (name or f"Customer {id[-4:]}").partition(" ")
            page.people[id] = Person(id, first, last)
        return page.people[id]

    def page_with(self, token: str) -> Page | None:
        return next((page for page in self.pages.values() if page.token == token), None)

    def due(self, fault: str) -> bool:
        """Whether a fault is to happen now; each was ordered a number of times."""
        with self.lock:
            if self.faults[fault] <= 0:
                return False
            self.faults[fault] -= 1
            return True

    def silence(self, person: Person) -> float:
        """Seconds since they last wrote."""
        return 0.0 if person.wrote_at is None else self.now() - person.wrote_at
