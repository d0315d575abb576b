"""The documents lead somewhere: links, pictures and the tests they name exist, and each page is found from the README."""

import re
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HELD = re.compile(r"`([a-z_/]+/)?(test_[a-z_0-9]+)(?:::(\w+))?`")


def links_of(page: Path) -> list[tuple[Path, str]]:
    """(file, heading) of each link within the project."""
    named = [link.partition("#") for link in LINK.findall(page.read_text()) if "://" not in link]
    return [((page.parent / path).resolve() if path else page, heading) for path, _, heading in named]


def headings_of(page: Path) -> set[str]:
    """As a browser of repositories makes addresses of them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


def test_links_lead_somewhere():
    for page in PAGES:
        for target, heading in links_of(page):
            assert target.exists(), f"{page.relative_to(ROOT)} leads to {target}, which is not there."
            assert not heading or heading in headings_of(target), (
                f"{page.relative_to(ROOT)}: no heading #{heading}"
            )


def test_every_page_and_picture_is_found():
    seen: set[Path] = set()
    wanted = [ROOT / "README.md"]
    while wanted:
        page = wanted.pop()
        if page in seen:
            continue
        seen.add(page)
        if page.suffix == ".md":
            wanted += [target for target, _ in links_of(page) if target.is_file()]
    there = chain((ROOT / "docs").rglob("*.md"), (ROOT / "docs" / "images").iterdir())
    lost = [str(path.relative_to(ROOT)) for path in there if path not in seen]
    assert not lost, f"Nothing leads to {lost}"


def test_tests_that_are_named_exist():
    tests = {path.stem: path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}
    names = {function for text in tests.values() for function in re.findall(r"def (test_\w+)", text)}
    for page in (ROOT / "docs" / "behaviour.md", ROOT / "docs" / "security.md"):
        for folder, file, function in HELD.findall(page.read_text()):
            assert file in tests or file in names, f"{page.name} names {file}, which is not there."
            assert not folder or file not in tests or list((ROOT / "tests").rglob(f"{folder}{file}.py")), (
                folder + file
            )
            assert not function or function in tests[file], f"{page.name} names {file}::{function}"
