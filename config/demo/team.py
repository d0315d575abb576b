"""The people of the demo workspace, its teams, its two inboxes and their channels."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation

from channels_app.form import versions
from conversations.models import Label
from inboxes.actions import connect_channel, create_inbox
from inboxes.models import Channel, Inbox
from workspaces.actions import add_to_team, create_team, create_workspace
from workspaces.models import Availability, Member, Team, User, Workspace
from workspaces.permissions import Role
from workspaces.scope import workspace_scope

NAME, ZONE = "Atelier Lumen", "Europe/Paris"
CHAT_KEY = "demo-lumen"
ORDERS_KEY = "demo-lumen-orders"
FORM_KEYS = {"en": "demo-lumen-contact", "fr": "demo-lumen-trade"}

# The first one founds the workspace.
PEOPLE = {
    "nora": ("Nora Benali", Role.OWNER, "Customer care, Lyon"),
    "yann": ("Yann Le Goff", Role.AGENT, "Workshop and deliveries"),
    "priya": ("Priya Shah", Role.AGENT, "Customer care, English"),
    "tom": ("Tom Okafor", Role.MANAGER, "Trade sales"),
    "ines": ("Inès Marchetti", Role.ADMIN, "Administration"),
}
TEAMS = {"Lyon desk": ["nora", "yann", "ines"], "English desk": ["priya", "tom"]}
SALES = ["tom", "nora", "ines", "yann"]
LABELS = {"Trade": "d3", "Warranty": "d2", "Quote": "d1", "Pre-sale": "d1", "Billing": "d4", "Returns": "d2"}

TEXTS = {
    "en": {
        "heading": "Hello. What can we do for you?",
        "greeting": "Choosing a lamp for a dim corner? Tell us about the room, we will say what works.",
        "reply_time": "Usually answers in 4 minutes",
        "away": "Back tomorrow at 9:00, Lyon time",
    },
    "fr": {
        "heading": "Bonjour. Que pouvons-nous faire pour vous ?",
        "greeting": "Un coin sombre à éclairer ? Décrivez-nous la pièce, nous vous dirons ce qui convient.",
        "reply_time": "Répond sous 4 minutes",
        "away": "De retour demain à 9 h, heure de Lyon",
    },
}


@dataclass(frozen=True)
class Account:
    """What is shown once: who may sign in, and with what."""

    name: str
    email: str
    role: str
    password: str


@dataclass(frozen=True)
class House:
    """What the stories need to hand: the workspace and its people, teams and channels by their keys."""

    workspace: Workspace
    members: dict[str, Member]
    teams: dict[str, Team]
    channels: dict[str, Channel]


def choose_accounts() -> list[Account]:
    """One for each person, with a new password; in the order of PEOPLE."""
    return [
        Account(name, f"{key}@atelier-lumen.example", Role(role).label, choose_password())
        for key, (name, role, _) in PEOPLE.items()
    ]


def choose_password() -> str:
    """Letters and digits alone, so that a double click takes all of it; none that look alike."""
    return "".join(
        secrets.choice("abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789") for _ in range(16)
    )


def found(accounts: list[Account]) -> House:
    """Make the workspace with everything but contacts and conversations."""
    users = {key: _user(account) for key, account in zip(PEOPLE, accounts, strict=True)}
    owner = create_workspace(NAME, users["nora"], language="en", time_zone=ZONE, is_demo=True)
    workspace = owner.workspace
    with workspace_scope(workspace):
        members = {key: _member(workspace, key, user) for key, user in users.items()}
        teams = {name: create_team(name) for name in TEAMS}
        for name, keys in TEAMS.items():
            for key in keys:
                add_to_team(teams[name], members[key])
        for name, colour in LABELS.items():
            Label.objects.create(name=name, colour=colour)
        return House(workspace, members, teams, _channels(members))


def _user(account: Account) -> User:
    """The account of before, or a new one. It cannot be used until `set_passwords`."""
    user = User.objects.filter(email=account.email).first() or User(email=account.email)
    user.name, user.time_zone = account.name, ZONE
    user.save()
    user.emailaddress_set.get_or_create(email=account.email, defaults={"verified": True, "primary": True})
    return user


def set_passwords(accounts: list[Account], hashes: Iterable[str]) -> None:
    for account, hashed in zip(accounts, hashes, strict=True):
        User.objects.filter(email=account.email).update(password=hashed)


def _member(workspace: Workspace, key: str, user: User) -> Member:
    name, role, job_title = PEOPLE[key]
    away = Availability.AWAY if key == "ines" else Availability.AVAILABLE
    fields = {"role": role, "display_name": name, "job_title": job_title, "availability": away}
    return Member.objects.update_or_create(workspace=workspace, user=user, defaults=fields)[0]


def _channels(members: dict[str, Member]) -> dict[str, Channel]:
    support = create_inbox(name="Support", language="en")
    sales = create_inbox(name="Sales", language="en", members=[members[key] for key in SALES])
    chat = {"accent": "#7c452b", "on": "#fdfaf4", "theme": "light", "texts": TEXTS, "sites": sites()}
    return {
        "chat": connect_channel(support, kind="chat", name="Website", identifier=CHAT_KEY, config=chat),
        "orders": connect_channel(
            support, kind="chat", name="Order tracking", identifier=ORDERS_KEY, config={"sites": sites()}
        ),
        "email": connect_channel(
            support, kind="email", name="Help", identifier="bonjour@atelier-lumen.example"
        ),
        "messenger": connect_channel(
            support, kind="messenger", name="Atelier Lumen on Messenger", identifier="demo-lumen-page"
        ),
        "form": _form(support, "Contact form", FORM_KEYS["en"], "en"),
        "trade": _form(sales, "Demande professionnelle", FORM_KEYS["fr"], "fr"),
        "sales": connect_channel(sales, kind="email", name="Trade", identifier="pro@atelier-lumen.example"),
    }


def _form(inbox: Inbox, name: str, key: str, language: str) -> Channel:
    channel = connect_channel(inbox, kind="form", name=name, identifier=key, config={"sites": sites()})
    with translation.override(language):
        versions.save_draft(channel, versions.usual_form(language))
    versions.publish(channel, by=None)
    return channel


def sites() -> list[str]:
    """Where the demo website stands: this machine by both of its names, so that one of them is another origin."""
    port = urlsplit(settings.SITE_URL).port
    suffix = f":{port}" if port else ""
    return [f"http://{host}{suffix}" for host in ("localhost", "127.0.0.1")]


def website() -> str:
    """The demo website's address: by the other name of this machine than the inbox, so that embedding is real."""
    here = urlsplit(settings.SITE_URL).hostname
    return next((site for site in sites() if urlsplit(site).hostname != here), settings.SITE_URL) + "/demo/"
