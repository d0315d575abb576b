"""Both sides of a conversation: an agent's window on the inbox, a visitor's on a customer's page."""

import shutil
import sys
import threading
import traceback
from collections.abc import Callable, Iterator

import greenlet
import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils.translation import trans_real

from inboxes.models import Channel
from tests.e2e.desk import Desk
from tests.e2e.shop import Shop
from tests.e2e.visitor import Chat, chat, tabs  # noqa: F401
from tests.factories import make_member
from tools import catalogues

WIDE = {"width": 1440, "height": 900}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def pytest_collection_modifyitems(items):
    """Whole pages read by axe take longest: begun first, so that nobody waits for the last of them."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None and "axe" not in item.name)


@pytest.fixture(autouse=True)
def told_where_it_hangs(pytestconfig) -> Iterator[None]:
    """Shortly before the limit of a test: what the browser's driver was asked last, which no other dump shows."""
    test, capture = greenlet.getcurrent(), pytestconfig.pluginmanager.getplugin("capturemanager")

    def tell() -> None:
        if test.gr_frame:
            with capture.global_and_fixture_disabled():
                sys.stderr.writelines(traceback.format_stack(test.gr_frame)[-12:])
                sys.stderr.flush()

    timer = threading.Timer(float(pytestconfig.getini("timeout")) - 5, tell)
    timer.daemon = True
    timer.start()
    yield
    timer.cancel()


@pytest.fixture
def sit_down(live, browser) -> Iterator[Callable[..., Desk]]:
    """A member's own signed-in browser: `sit_down(ben, language="fr", **context)`. A script that throws fails the test."""
    desks: list[Desk] = []

    def open_window(member, *, language="en", **options) -> Desk:
        usual = {"viewport": WIDE, "locale": "en-GB", "timezone_id": "UTC"}
        window = browser.new_context(**usual | options)
        window.add_cookies([cookie_of(member, language) | {"url": live}])
        desk = Desk(window.new_page(), f"{live}/w/{member.workspace.slug}")
        desks.append(desk)
        return desk

    yield open_window
    for desk in desks:
        desk.page.context.close()
    assert [desk.thrown for desk in desks if desk.thrown] == []


def cookie_of(member, language: str) -> dict[str, str]:
    client = Client()
    client.force_login(member.user, backend=BACKEND)
    session = client.session
    session["language"] = language
    session.save()
    name = configured.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}


@pytest.fixture
def desk(sit_down, ben) -> Desk:
    """Ben's."""
    return sit_down(ben)


@pytest.fixture
def yann(acme):
    """Ben's colleague."""
    return make_member(acme.workspace, "yann@acme.example", "Yann Le Goff")


@pytest.fixture
def shop(acme, live) -> Iterator[Shop]:
    shop = Shop(live, "acme-chat")
    with acme.scope():
        Channel.objects.filter(pk=acme.chat.pk).update(
            config={"sites": [shop.origin], "greeting": "Hello. Ask us anything."}
        )
    yield shop
    shop.close()


@pytest.fixture
def visitor(browser, shop) -> Iterator[Chat]:
    """Somebody on the shop's page."""
    window = browser.new_context(locale="en-GB", timezone_id="UTC")
    yield Chat(window.new_page(), shop)
    window.close()


@pytest.fixture
def french(settings, tmp_path) -> Iterator[None]:
    """The French catalogue as it is written now: a fresh checkout has it not compiled yet."""
    folder = tmp_path / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    shutil.copy(catalogues.file_of(settings.BASE_DIR, "fr"), folder)
    catalogues.compile_catalogue(tmp_path, "fr")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    trans_real._translations.clear()
    yield
    trans_real._translations.clear()
