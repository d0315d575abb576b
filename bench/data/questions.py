"""What is asked of a scale: the reads of the inbox, of search, of the counts, and some with the policies off."""

import random
from collections.abc import Callable

Questions = dict[str, Callable[[int], object]]


def word(rank: int) -> str:
    """The word of a rank in bench/data/load.py: about one in `rank` words is this one."""
    return "qu" + str(rank).translate(str.maketrans("0123456789", "abdeilmnor"))


def member():
    from workspaces.models import Member

    return Member.objects.select_related("workspace", "user").get(pk=1)


def reads(chance: random.Random) -> Questions:
    """D1, D2."""
    from conversations.models import Conversation
    from conversations.queries import get_view, page_of, thread_of
    from workspaces.scope import workspace_scope

    ada, view, closed = member(), get_view("open"), get_view("closed")
    with workspace_scope(1):
        rows = Conversation.objects.newest_first()
        long = list(rows.filter(last_seq=200)[:50])
        usual = list(rows.filter(last_seq__range=(8, 12))[:500])
        deep = f"{rows.filter(status='closed')[900].last_activity_at.isoformat()}_1"
    return {
        "list of 50": lambda n: page_of(view, ada),
        "list of 50, closed": lambda n: page_of(closed, ada),
        "list of 50, closed, page 18": lambda n: page_of(closed, ada, after=deep),
        "thread of 200": lambda n: thread_of(long[n % len(long)], ada),
        "usual thread": lambda n: thread_of(chance.choice(usual), ada),
    }


def searches(chance: random.Random) -> Questions:
    """D4: words of every frequency, as the page asks for them (rights and filters included, without drawing)."""
    from django.utils import timezone

    from conversations.queries import get_view, page_of
    from search.language import parse
    from search.queries import START, Search, find

    ada, view, today = member(), get_view("open"), timezone.localdate()

    def ask(text: str):
        return find(parse(f"{text} ", today=today), ada)

    def entries(text: str):
        return Search(parse(f"{text} ", today=today), ada).entries(START, 120)

    return {
        "list of 50": lambda n: page_of(view, ada),
        "a common word, the index alone": lambda n: entries(word(chance.randrange(2, 12))),
        "a rare word, the index alone": lambda n: entries(word(chance.randrange(4000, 18000))),
        "a word found nowhere, the index alone": lambda n: entries(f"zz{chance.randrange(10**6)}"),
        "a common word": lambda n: ask(word(chance.randrange(2, 12))),
        "two middling words": lambda n: ask(
            f"{word(chance.randrange(100, 300))} {word(chance.randrange(100, 300))}"
        ),
        "a rare word": lambda n: ask(word(chance.randrange(4000, 18000))),
        "a word found nowhere": lambda n: ask(f"zz{chance.randrange(10**6)}"),
        "half a word": lambda n: find(parse(word(chance.randrange(100, 300))[:-1], today=today), ada),
        "a phrase": lambda n: ask(f'"{word(chance.randrange(1, 5))} {word(chance.randrange(1, 9))}"'),
        "from and a word": lambda n: ask(
            f"from:{word(chance.randrange(20, 200))} {word(chance.randrange(2, 12))}"
        ),
    }


def counts(chance: random.Random) -> Questions:
    """D3."""
    from conversations.queries import counts_for, get_view, page_of

    ada, view = member(), get_view("open")
    return {"list of 50": lambda n: page_of(view, ada), "counts beside the views": lambda n: counts_for(ada)}


def contacts(chance: random.Random) -> Questions:
    """The list of contacts by each order, deep pages, filters, searched as somebody types; the page of one."""
    from contacts import timeline
    from contacts.filters import filters_for
    from contacts.models import Contact, ContactAddress
    from contacts.people import Asked, page_of
    from contacts.search import find_contacts
    from workspaces.scope import workspace_scope

    ada = member()
    with workspace_scope(1):
        filters = filters_for(ada, [])
        rows = Contact.objects.filter(deleted_at=None)
        some = list(rows.order_by("pk")[:200])
        middle = rows.order_by("-last_seen_at")[rows.count() // 2]
        name = rows.order_by("sort_name", "pk")[rows.count() // 2]

    def find(typed):
        return find_contacts(typed, ada)

    def ask(**asked):
        return page_of(Asked(**asked), ada, filters)

    return {
        "list by last seen": lambda n: ask(),
        "list by last seen, half way down": lambda n: ask(
            after=f"{middle.pk}_{middle.last_seen_at.isoformat()}"
        ),
        "list by name, half way down": lambda n: ask(sort="name", after=f"{name.pk}_{name.sort_name}"),
        "list of an owner": lambda n: ask(filters={"owner": "me"}),
        "list of a language": lambda n: ask(filters={"language": "fr"}),
        "typed: two letters": lambda n: find(word(chance.randrange(20, 400))[:2]),
        "typed: three letters": lambda n: find(word(chance.randrange(20, 400))[:3]),
        "typed: a name": lambda n: find(word(chance.randrange(500, 9000))),
        "typed: an address": lambda n: find(f"person-{chance.randrange(10**6)}@"),
        "typed: a phone number": lambda n: find(f"0{chance.randrange(10**6, 10**8)}"),
        "typed: nobody": lambda n: find(f"zz{chance.randrange(10**6)}"),
        "list searched": lambda n: ask(q=word(chance.randrange(500, 9000))),
        "whose an address is": lambda n: ContactAddress.objects.filter(
            kind="email", value=f"person-{chance.randrange(10**6)}@bench.example"
        ).first(),
        "changed since, for a program": lambda n: list(
            Contact.objects.filter(updated_at__gte=middle.created_at).order_by("updated_at", "pk")[:51]
        ),
        "timeline of one": lambda n: timeline.page_of(some[n % len(some)], ada),
    }


QUESTIONS = {"read": reads, "search": searches, "counts": counts, "rls": reads, "contacts": contacts}
