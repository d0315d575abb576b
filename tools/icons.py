"""Draws the pictures that telephones show for the installed app from our sign: `python -m tools.icons`."""

import os
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.browser import FLAGS, find

ROOT = Path(__file__).resolve().parents[1]
PICTURES = {
    "app-192": (192, False),
    "app-512": (512, False),
    "maskable-512": (512, True),
    "apple-180": (180, True),
}
# A maskable picture is cut to any shape: the ground goes to the edge, the sign stays inside of the safe circle.
PAGE = '<body style="margin:0;width:{0}px;height:{0}px;background:{1};display:grid;place-items:center">{2}</body>'


def draw() -> None:
    sign = (ROOT / "static/favicon.svg").read_text()
    path, extra = find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, env=os.environ | extra)
        for name, (size, masked) in PICTURES.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            inner = int(size * 0.8) if masked else size
            drawn = sign.replace("<svg ", f'<svg width="{inner}" height="{inner}" ', 1)
            page.set_content(PAGE.format(size, "#005f4f" if masked else "transparent", drawn))
            page.screenshot(path=ROOT / f"static/icons/{name}.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    draw()
