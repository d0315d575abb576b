"""Imports point down only (docs/architecture.md)."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAYERS = [
    {"workspaces"},
    {"events"},
    {"contacts", "inboxes"},
    {"conversations"},
    {"channels_app", "search", "tickets"},
    {"chatflows", "automation", "sso"},
    {"realtime", "notifications", "analytics", "records"},
    {"config"},
]
LEVEL = {app: level for level, apps in enumerate(LAYERS) for app in apps}


def imported_apps(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names & set(LEVEL)


def test_imports_point_down():
    wrong = []
    for app, level in LEVEL.items():
        for path in (ROOT / app).rglob("*.py"):
            for other in imported_apps(path) - {app}:
                if LEVEL[other] >= level:
                    wrong.append(
                        f"{path.relative_to(ROOT)} may not import {other}: it stands beside or above {app}."
                    )
    assert not wrong, "\n".join(wrong)


def test_every_app_has_its_place():
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert apps <= set(LEVEL), f"Give these a layer in the house: {apps - set(LEVEL)}"


def test_the_picture_shows_every_room_at_its_level():
    rows = re.findall(
        r"^\| (\d) \| ([^|]+) \|", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE
    )
    drawn = {room: int(level) for level, rooms in rows for room in re.findall(r"`(\w+)`", rooms)}
    assert drawn == LEVEL
