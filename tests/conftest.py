"""Fixtures of every test. Services come from config/testplugin.py; the cast from tests/factories.py."""

import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client, override_settings
from django.test.client import ClientHandler
from servestatic.middleware import ServeStaticMiddleware

from chatflows import serving
from chatflows.widget import answers, chat, limits
from events import dispatch
from tests.factories import House, make_house, make_member
from tests.servers import browser, live, page, worker  # noqa: F401
from workspaces.models import Member
from workspaces.permissions import Role


@pytest.fixture
def acme(db) -> House:
    return make_house("acme")


@pytest.fixture
def globex(db) -> House:
    return make_house("globex")


@pytest.fixture
def ada(acme) -> Member:
    return make_member(acme.workspace, "ada@acme.example", "Ada Owner", Role.OWNER)


@pytest.fixture
def ben(acme) -> Member:
    return make_member(acme.workspace, "ben@acme.example", "Ben Agent")


@pytest.fixture
def cleo(globex) -> Member:
    return make_member(globex.workspace, "cleo@globex.example", "Cleo Stranger", Role.OWNER)


@pytest.fixture
def in_acme(acme):
    """The test runs inside Acme's scope, as a view would."""
    with acme.scope():
        yield acme


@pytest.fixture
def client_of():
    """A signed-in test client of a member."""

    def make(member: Member) -> Client:
        client = Client()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


@pytest.fixture(scope="session", autouse=True)
def _let_go_of_the_second_pool(django_db_setup):
    """The test database is dropped by the first alias; a pool that the second still holds would forbid it."""
    yield
    connections["maintenance"].close_pool()


@pytest.fixture(scope="session", autouse=True)
def _empty_only_what_has_rows(django_db_setup):
    """After a test that commits, Django would truncate every table (config/testplugin.py has the quicker way)."""
    usual = DatabaseOperations.sql_flush

    def sql_flush(self, style, tables, *, reset_sequences=False, allow_cascade=False):
        if not reset_sequences:
            return ["select empty_tables()"]
        return usual(self, style, tables, reset_sequences=True, allow_cascade=allow_cascade)

    DatabaseOperations.sql_flush = sql_flush
    yield
    DatabaseOperations.sql_flush = usual


@pytest.fixture(scope="session", autouse=True)
def _look_for_static_files_once():
    """Every test client makes the middleware anew, which would look at each static file again: 25 ms a client."""
    usual, found = ServeStaticMiddleware.add_files_from_finders, {}

    def add_files_from_finders(self):
        if not found:
            usual(self)
            found.update(files=self.files, directories=self.directories)
        self.files, self.directories = dict(found["files"]), list(found["directories"])

    ServeStaticMiddleware.add_files_from_finders = add_files_from_finders
    yield
    ServeStaticMiddleware.add_files_from_finders = usual


@pytest.fixture(scope="session", autouse=True)
def _a_test_client_asks_for_no_files():
    """What serves files is asynchronous: two threads and a loop for every request, a third of what a small one costs.

    The live server has it. A test client that asks for a file finds none.
    """
    usual, static = ClientHandler.load_middleware, "servestatic.middleware.ServeStaticMiddleware"

    def load_middleware(self, is_async=False):
        with override_settings(MIDDLEWARE=[name for name in settings.MIDDLEWARE if name != static]):
            usual(self, is_async)

    ClientHandler.load_middleware = load_middleware
    yield
    ClientHandler.load_middleware = usual


@pytest.fixture(autouse=True)
def _forget_strangers():
    """The widget remembers whose a key is, and how much a visitor did; numbers of rows begin again with every test."""
    chat._doors.clear()
    answers.forget()
    serving.forget()
    limits._local.clear()
    client = dispatch.valkey()
    for key in client.scan_iter(f"{settings.KEY_PREFIX}:limit:*", count=1000):
        client.delete(key)


@pytest.fixture(autouse=True)
def _mail_leaves_at_once(settings):
    """Most tests are not about the ten seconds in which a mail can be taken back."""
    settings.UNDO_SEND_SECONDS = 0
