"""The rules by name: what a test names stands in docs/behaviour.md or docs/security.md, and what stands there a test names."""

import re
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / name for name in ("behaviour.md", "security.md")]
RULE = re.compile(r"\b(?:[A-Z]{2}-\d{1,2}|T\d{3})\b")
SPAN = re.compile(r"\b([A-Z]{2}-|T)(\d+) to \1(\d+)\b")
# Elsewhere two capitals and a number are an encoding or somebody's order.
FAMILIES = (
    "AC AN AV BE CF CH CO CR CT DM DS EM FB FM FO IN JS LC NO OP PR RT SB SE SL SP ST T TG TK TR UI VW WI"
)


def rules_in(text: str) -> set[str]:
    spans = (
        f"{prefix}{n:0{len(first)}}"
        for prefix, first, last in SPAN.findall(text)
        for n in range(int(first), int(last) + 1)
    )
    return {rule for rule in chain(RULE.findall(text), spans) if rule.rstrip("-0123456789") in FAMILIES}


def test_rules_are_written_down_and_held():
    told = set().union(*(rules_in(page.read_text()) for page in PAGES))
    named = set().union(*(rules_in(path.read_text()) for path in (ROOT / "tests").rglob("*.py")))
    assert not named - told, (
        f"Say what these rules promise, in docs/behaviour.md or docs/security.md: {sorted(named - told)}"
    )
    assert not told - named, f"Name these rules in the tests that hold them: {sorted(told - named)}"
