"""Take the pictures of the README: `PASSWORD=… python -m tools.screenshots http://localhost:8000 nora@atelier-lumen.example`.

It starts nothing: the site with its demo data must be running. The password is read from the environment, so that it
stands in no shell's history.
"""

import argparse
import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tools import browser

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
WIDE = {"width": 1440, "height": 900}


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
        take_inbox(chromium, chosen.site, chosen.email, password)
        take_widget(chromium, chosen.shop or f"{chosen.site}/demo/")
        chromium.close()
    return 0


def take_inbox(chromium: Browser, site: str, email: str, password: str) -> None:
    """The inbox with its fullest conversation open."""
    page = window(chromium)
    page.goto(f"{site}/account/login/")
    page.get_by_label("Email").fill(email)
    page.locator("input[type=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/w/**")
    address = page.url.split("/inbox/")[0]
    page.goto(f"{address}/inbox/mine/")
    page.locator(".crow", has_text="Camille Roux").last.click()
    page.locator(".msg").first.wait_for()
    settle(page)
    page.screenshot(path=IMAGES / "inbox.png")


def take_widget(chromium: Browser, shop: str) -> None:
    """The demo website with the panel open."""
    page = window(chromium)
    page.goto(shop)
    page.locator("parley-chat button").last.click()
    page.frame_locator("iframe").get_by_role("heading").first.wait_for()
    settle(page)
    page.screenshot(path=IMAGES / "widget.png")


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
