"""What the chat weighs on a customer's page, and the inbox on an agent's, as a browser fetches it."""

import json
import subprocess
from pathlib import Path

import pytest

DIST = Path(__file__).resolve().parents[2] / "static" / "dist"
WEIGH = """
const { brotliCompressSync, constants } = require("node:zlib"), { readFileSync } = require("node:fs");
const weigh = (path) => brotliCompressSync(readFileSync(path), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
console.log(JSON.stringify(Object.fromEntries(process.argv.slice(1).map((path) => [path, weigh(path)]))));
"""
KILO = 1024
MOST = {
    "widget.js": 1 * KILO,  # on every page view
    "launcher.js": 2.75 * KILO,  # on every page view with a channel in use, once the page is idle
    "panel.js": 7.2 * KILO,  # on first interest
    "panel.css": 1.3 * KILO,
    "extras.js": 5.7 * KILO,  # when the panel is opened, after it: nothing waits for it
    "care.js": 1.6 * KILO,  # where consent, an address, a survey or answers to read are asked for
    "requests.js": 0.6 * KILO,  # for whom the site named, where the team shows tickets
    # Where it opens by itself or a rule wants visits counted, or the page's own script wants more than open and close.
    "more.js": 2.65 * KILO,
}
TO_CHAT = ("widget.js", "launcher.js", "panel.js", "panel.css")


@pytest.fixture(scope="module")
def weights() -> dict[str, int]:
    """Bytes by name, brotli at its best, as the files are collected for serving."""
    paths = [str(DIST / name) for name in MOST]
    told = subprocess.run(["node", "-e", WEIGH, *paths], capture_output=True, text=True, check=True).stdout
    return {Path(path).name: weight for path, weight in json.loads(told).items()}


@pytest.mark.parametrize("name", MOST)
def test_each_file_keeps_its_weight(weights, name):
    assert weights[name] <= MOST[name]


def test_a_page_view_stays_below_4_kilobytes(weights):
    assert weights["widget.js"] + weights["launcher.js"] <= 4 * KILO


def test_everything_needed_to_chat_and_to_run_a_bot_is_12_kilobytes(weights):
    """What opens the chat, writes and reads, and offers a bot's answers. The panel's own page comes on top, as any page does."""
    assert sum(weights[name] for name in TO_CHAT) <= 12 * KILO


def test_the_style_of_every_page_is_20_kilobytes():
    """What few pages show has sheets of its own (door, builder)."""
    told = subprocess.run(
        ["node", "-e", WEIGH, str(DIST / "app.css")], capture_output=True, text=True, check=True
    )
    assert json.loads(told.stdout)[str(DIST / "app.css")] <= 20_000
