"""A visitor on the shop's page: what they do in the widget, and what of it arrived."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page

from conversations.actions import send_reply
from conversations.models import Conversation, Message
from tests.e2e.shop import Shop


@dataclass
class Chat:
    """A page of the shop with the widget on it, and what a visitor does there."""

    page: Page
    shop: Shop

    @property
    def launcher(self):
        return self.page.locator("parley-chat .launch")

    @property
    def panel(self) -> FrameLocator:
        return self.page.frame_locator("parley-chat iframe")

    @property
    def text(self):
        return self.panel.get_by_role("textbox")

    def visit(self, path="/") -> "Chat":
        # A tab behind another draws no frames, and a click there may miss.
        self.page.bring_to_front()
        self.page.goto(self.shop.origin + path)
        self.launcher.wait_for()
        return self

    def ask(self) -> "Chat":
        self.launcher.click()
        self.panel.locator(".act").first.click()
        self.text.wait_for()
        return self

    def write(self, *bodies: str) -> "Chat":
        for body in bodies:
            self.text.fill(body)
            self.text.press("Enter")
        return self

    def said(self) -> list[str]:
        return self.panel.locator(".said").all_inner_texts()

    def bubble(self, words: str):
        return self.panel.locator(".said", has_text=words)

    def frame(self):
        return next(frame for frame in self.page.frames if "/live/panel/" in frame.url)


@pytest.fixture
def chat(page, shop) -> Chat:
    return Chat(page, shop)


@pytest.fixture
def tabs(browser: Browser) -> Iterator[BrowserContext]:
    """A browser with several tabs."""
    context = browser.new_context(locale="en-GB", timezone_id="UTC")
    yield context
    context.close()


def received(house) -> list[str]:
    with house.scope():
        return list(Message.objects.filter(direction="in").order_by("pk").values_list("body", flat=True))


def wait_for(ask, wanted, seconds=30, *, page: Page | None = None):
    """Ask until the answer is what is wanted. What a page tells (routes, requests) is heard only with `page`."""
    deadline = time.monotonic() + seconds
    while (found := ask()) != wanted and time.monotonic() < deadline:
        page.wait_for_timeout(50) if page else time.sleep(0.05)
    assert found == wanted


def answer(house, member, body: str) -> None:
    with house.scope():
        send_reply(Conversation.objects.order_by("pk").last(), body=body, by=member)
