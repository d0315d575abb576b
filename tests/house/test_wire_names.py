"""Names that the build of the widget shortens are its own: none is a key of what the server sends or reads (frontend/build.mjs, OURS)."""

import ast
import json
import re
from pathlib import Path

import pytest

from chatflows.session import hear
from conversations.models import Conversation
from tests.chatflows.test_views import Panel
from tests.chatflows.test_widget_flows import make_flow

ROOT = Path(__file__).resolve().parents[2]
# What a visitor's browser is told and asked, by a socket or by requests.
SPEAK = (
    *sorted((ROOT / "chatflows/widget").glob("*.py")),
    *(ROOT / "realtime" / f"{name}.py" for name in ("visitors", "peers", "hub", "waiting", "batcher")),
    ROOT / "chatflows/met.py",
    ROOT / "chatflows/settings_of.py",
    ROOT / "chatflows/satisfaction.py",
)
# The panel looks sentences up by a word in a string, which nothing shortens.
SENTENCES = ("panel_words", "panel_labels", "launcher_words")
# What a frame is about: the value of its `t`, and no key in it.
VALUES = {"typing"}
READS = ("text", "names", "number", "get")


def ours() -> set[str]:
    found = re.search(r'const OURS =\s*"([^"]+)"', (ROOT / "frontend/build.mjs").read_text())
    return set(found[1].split()) - {"_"}


def keys_in(tree: ast.AST) -> set[str]:
    """Constants that stand as a key: of a dictionary, in brackets, or where a body is read by name."""
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef) and node.name in SENTENCES:
            continue
        keys: list = []
        if isinstance(node, ast.Dict):
            keys = node.keys
        elif isinstance(node, ast.Subscript):
            keys = [node.slice]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in READS:
            keys = node.args[:2]
        found |= {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
        found |= keys_in(node)
    return found


def keys_of(told: object) -> set[str]:
    if isinstance(told, dict):
        own = {name for name in told if isinstance(name, str)}
        return own.union(*(keys_of(value) for name, value in told.items() if name != "words"))
    return set().union(*map(keys_of, told)) if isinstance(told, list) else set()


def test_the_list_is_read_and_says_each_name_once():
    text = re.search(r'const OURS =\s*"([^"]+)"', (ROOT / "frontend/build.mjs").read_text())[1].split()
    names = [name for name in text if name != "_"]
    assert len(names) == len(set(names)) > 40


@pytest.mark.parametrize("path", SPEAK, ids=lambda path: path.stem)
def test_no_key_in_the_source_of_what_speaks_to_visitors(path):
    assert keys_in(ast.parse(path.read_text())) & ours() - VALUES == set()


def test_no_key_of_what_really_comes(acme, ben, client):
    """The settings of the launcher, the panel's page, and a bot's chat with its answers."""
    flow = make_flow(acme, options={"survey": True, "email_capture": "now", "consent": "notice"})
    shown = str(flow.published.public_id)
    config = client.get("/live/config/acme-chat/?u=https://shop.example/").json()
    page = client.get(f"/live/panel/acme-chat/?flow={shown}").content.decode()
    panel = Panel().begin()
    heard = [
        json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', page)[1]),
        config,
    ]
    heard.append(panel.write("Hello", flow=shown).json())
    with acme.scope():
        hear(Conversation.objects.get().pk)
    heard += [panel.get(name).json() for name in ("messages", "conversations", "owner")]
    told = keys_of(heard)
    assert {"texts", "care", "opening", "messages", "client_id", "bot", "asks", "replies"} <= told
    assert told & ours() == set()
