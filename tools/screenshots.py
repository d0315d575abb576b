"""Take the pictures of the README and of docs/admin: `PASSWORD=… python -m tools.screenshots http://localhost:8000 nora@atelier-lumen.example`.

It starts nothing: the site with its demo data must be running. The password is read from the environment, so that it
stands in no shell's history.
"""

import argparse
import io
import os
import re
import sys
from pathlib import Path
from urllib.parse import urljoin

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tools import browser

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
BOT = "Help with an order"
WIDE = {"width": 1440, "height": 900}
# Pages of the settings: the picture's name and the way there from /settings/.
SETTINGS = {
    "team": "team/",
    "roles": "roles/",
    "security": "security/",
    "sign-on": "security/sign-on/",
    "channels": "channels/",
    "hours": "hours/",
    "availability": "availability/",
    "filters": "filters/",
    "labels": "labels/",
    "properties": "properties/",
    "rules": "rules/",
    "data": "data/",
    "audit": "audit/",
    "inboxes": "inboxes/",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description=__doc__.splitlines()[0])
    parser.add_argument("site", help="where the inbox is, http://localhost:8000")
    parser.add_argument("email", help="who signs in")
    parser.add_argument("--shop", help="the demo website, when it is not the site's own /demo/")
    chosen = parser.parse_args(arguments)
    password = os.environ.get("PASSWORD")
    if not password:
        parser.error("say the account's password in the variable PASSWORD")
    IMAGES.mkdir(parents=True, exist_ok=True)
    path, variables = browser.find()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=browser.FLAGS, env={**os.environ, **variables}
        )
        page = sign_in(chromium, chosen.site, chosen.email, password)
        take_inbox(page)
        take_tickets(page)
        take_contacts(page)
        take_analytics(page)
        take_settings(page)
        take_builder(page)
        take_widget(chromium, chosen.shop or f"{chosen.site}/demo/")
        chromium.close()
    return 0


def sign_in(chromium: Browser, site: str, email: str, password: str) -> Page:
    page = window(chromium)
    page.goto(f"{site}/account/login/")
    page.get_by_label("Email").fill(email)
    page.locator("input[type=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/w/**")
    return page


def take_inbox(page: Page) -> None:
    """The inbox with its fullest conversation open."""
    page.goto(f"{workspace_of(page)}/inbox/mine/")
    page.locator(".crow", has_text="Camille Roux").last.click()
    page.locator(".msg").first.wait_for()
    settle(page)
    take(page, "inbox.png")


def take_tickets(page: Page) -> None:
    """The board of the first pipeline, and the ticket of the fullest conversation."""
    page.goto(f"{workspace_of(page)}/tickets/")
    page.goto(urljoin(page.url, link(page, r"/tickets/board/\d+/")))
    page.locator(".tk").first.wait_for()
    settle(page)
    take(page, "tickets-board.png")
    page.locator(".tk", has_text="Camille Roux").last.locator("h3 a").click()
    page.locator("#history").wait_for()
    settle(page)
    take(page, "ticket.png")


def take_contacts(page: Page) -> None:
    """The list of contacts, and the page of one with a long history."""
    page.goto(f"{workspace_of(page)}/contacts/")
    settle(page)
    take(page, "contacts.png")
    page.locator("#people-body a", has_text="Camille Roux").first.click()
    page.locator(".tl__i").first.wait_for()
    settle(page)
    take(page, "contact.png")


def take_analytics(page: Page) -> None:
    """The overview, one chatflow's figures, and the live board."""
    analytics = f"{workspace_of(page)}/analytics/"
    page.goto(analytics)
    # The reader follows the log: a demo that was made a moment ago has its figures soon.
    page.locator(".tile__n a").first.wait_for()
    settle(page)
    take(page, "analytics.png")
    page.goto(f"{analytics}bots/")
    page.locator("tbody th a").first.click()
    page.locator(".bots__funnel").wait_for()
    settle(page)
    take(page, "analytics-bot.png")
    page.goto(f"{analytics}live/")
    settle(page)
    take(page, "analytics-live.png")


def take_builder(page: Page) -> None:
    """A bot with its chat playing the draft beside it; made from a template when there is none yet."""
    flows = f"{workspace_of(page)}/chatflows/"
    page.goto(flows)
    found = page.locator("a[href$='/build/']")
    if found.count():
        page.goto(urljoin(page.url, found.first.get_attribute("href")))
    else:
        page.goto(f"{flows}new/")
        page.locator("input[name=template][value=support]").check()
        page.locator("input[name=name]").fill(BOT)
        page.locator("input[name=name]").press("Enter")
        page.wait_for_url("**/build/**")
    page.frame_locator("iframe[name=flow-try]").locator("button").first.wait_for()
    settle(page)
    take(page, "chatflow-builder.png")


def take_settings(page: Page) -> None:
    """Each page of the settings, and of one inbox and one channel as the lists lead there."""
    settings = f"{workspace_of(page)}/settings/"
    for name, path in SETTINGS.items():
        picture(page, name, settings + path)
    inbox = link(page, r"/settings/inboxes/\d+/$")
    picture(page, "inbox-general", inbox)
    picture(page, "inbox-access", f"{inbox}access/")
    picture(page, "inbox-channels", f"{inbox}channels/")
    picture(page, "routing", link(page, r"/settings/channels/\d+/routing/$"))
    page.goto(f"{settings}pipelines/")
    picture(page, "pipeline", link(page, r"/settings/pipelines/\d+/$"))


def link(page: Page, shape: str) -> str:
    """The first link of the page that looks so."""
    links = page.locator("a[href]").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    return next(href for href in links if re.search(shape, href))


def picture(page: Page, name: str, address: str) -> None:
    page.goto(urljoin(page.url, address))
    settle(page)
    take(page, f"settings-{name}.png")


def take(page: Page, name: str) -> None:
    """A fifth of the bytes: a page has few colours, and every clone of the repository carries its pictures."""
    shot = Image.open(io.BytesIO(page.screenshot()))
    shot.convert("RGB").quantize(192, dither=Image.Dither.NONE).save(IMAGES / name, optimize=True)


def workspace_of(page: Page) -> str:
    return re.match(r".*?/w/[^/]+", page.url)[0]


def take_widget(chromium: Browser, shop: str) -> None:
    """The demo website with the panel open."""
    page = window(chromium)
    page.goto(shop)
    page.locator("parley-chat button").last.click()
    page.frame_locator("iframe").get_by_role("heading").first.wait_for()
    settle(page)
    take(page, "widget.png")


def window(chromium: Browser) -> Page:
    """English, light and without movement, so that the same page makes the same picture."""
    context = chromium.new_context(
        viewport=WIDE,
        locale="en-GB",
        timezone_id="Europe/Paris",
        color_scheme="light",
        reduced_motion="reduce",
    )
    return context.new_page()


def settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
