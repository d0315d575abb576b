"""Make the demo workspace, find it again, and take it away."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from config.demo.clock import moment
from config.demo.messenger import connect_simulator
from config.demo.orders import promise, publish_bot, publish_chat
from config.demo.past import tell_past
from config.demo.people import meet
from config.demo.stories import STORIES
from config.demo.team import (
    CHAT_KEY,
    FORM_KEYS,
    ORDERS_KEY,
    ZONE,
    Account,
    choose_accounts,
    found,
    set_passwords,
    sites,
)
from config.demo.tell import Teller
from events.dispatch import history
from inboxes.models import Channel, PublicAddress
from workspaces.audit import forget_entries
from workspaces.models import AuditEntry, Workspace
from workspaces.scope import WorkspaceModel, workspace_scope


def find_demo() -> Workspace | None:
    return Workspace.objects.filter(is_demo=True).order_by("pk").first()


@transaction.atomic
def build(now: datetime | None = None) -> list[Account]:
    """Make the workspace with everything in it, all or nothing. Returns the accounts, with their passwords."""
    now = (now or timezone.now()).astimezone(ZoneInfo(ZONE))
    accounts = choose_accounts()
    # Hashing is slow on purpose, and runs beside the rest.
    with ThreadPoolExecutor(max_workers=1) as pool:
        hashes = pool.map(make_password, [account.password for account in accounts])
        with history() as bells, _one_transaction():
            house = found(accounts)
            with workspace_scope(house.workspace):
                people = meet(house, now)
                promise(house, now)
                flows = {"chat": publish_chat(house, now), "orders": publish_bot(house, now)}
                tell_past(house, flows, now)
                teller = Teller(house, people, now, bells)
                for story in sorted(STORIES, key=lambda story: moment(story.begins, now)):
                    teller.tell(story)
                teller.finish(flows["chat"])
        set_passwords(accounts, hashes)
    connect_simulator(house.workspace)
    return accounts


@contextmanager
def _one_transaction() -> Iterator[None]:
    """All or nothing: the verbs' own transactions inside need no savepoints, a quarter of all statements."""
    connection.features.uses_savepoints = False
    try:
        yield
    finally:
        del connection.features.uses_savepoints


@transaction.atomic
def remove(workspace: Workspace) -> None:
    """Take the workspace away, row by row; the accounts stay, and get new passwords when it is made again.

    Every key between these tables is checked at commit, so the order of deleting does not matter; counters come last,
    since deleting a conversation counts it.
    """
    tenants = [model for model in apps.get_models() if issubclass(model, WorkspaceModel)]
    with workspace_scope(workspace):
        forget_entries(None)
        tenants.remove(AuditEntry)
        for model in sorted(tenants, key=lambda model: model.__name__ == "CountDelta"):
            model.objects.all()._raw_delete("default")
    PublicAddress.objects.filter(workspace=workspace).delete()
    workspace.members.all()._raw_delete("default")
    Workspace.objects.filter(pk=workspace.pk)._raw_delete("default")


def let_sites_in(workspace: Workspace) -> None:
    """The port may be another one since the demo was made: chat and forms must still open on its website."""
    with workspace_scope(workspace):
        for channel in Channel.objects.filter(identifier__in=[CHAT_KEY, ORDERS_KEY, *FORM_KEYS.values()]):
            if set(sites()) - set(channel.config.get("sites", [])):
                channel.config["sites"] = sites()
                channel.save(update_fields=["config"])
