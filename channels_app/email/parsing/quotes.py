"""The new words of a reply, without what it quotes and without the signature below. Linear in the text's length."""

import re
from itertools import islice

from . import phrases
from .limits import MOST_LINES

LIST_FOOTER = re.compile(r"mailing list|listinfo|unsubscribe|mailman", re.IGNORECASE)
QUOTED = re.compile(r"\s{0,3}>")
MOST_ENDS = 400
FIRST_SIGNATURE_LINES = 30  # a delimiter with more below it was a rule between paragraphs


def cut(text: str, *, is_reply: bool = True) -> tuple[str, bool]:
    """What the sender wrote now, and whether anything was quoted. A mail that is nothing but a forward is kept whole."""
    lines = text.split("\n", MOST_LINES)[:MOST_LINES]
    keep, found = _own(lines, is_reply=is_reply)
    new = "\n".join(unsigned(keep))
    return (new or (text.strip() if found == "forward" else ""), bool(found))


def _own(lines: list[str], *, is_reply: bool) -> tuple[list[str], str]:
    """The lines that are not quoted, and how the quote was known: "", "quote", "head", "forward"."""
    kept: list[str] = []
    found, at = "", 0
    ends = _ends(lines)
    last = max(
        (number for number, line in enumerate(lines) if line.strip() and not QUOTED.match(line)), default=-1
    )
    while at < len(lines):
        line = lines[at]
        if QUOTED.match(line) and (is_reply or found or at > last >= 0):
            found = found or "quote"
            at += 1
            continue
        if line.strip():
            attributed = 0 if ends.isdisjoint(range(at, at + 5)) else _attribution(lines, at, ends)
            after = _introduced(lines, at, attributed, ends)
            if after:
                found, at = found or "quote", after
                continue
            how = _rest_is_old(lines, at, ends) or ("unquoted" if attributed else "")
            above = any(one.strip() for one in kept) if how else True
            if how == "above" and not above:  # a help desk's own mail begins with this line
                at += 1
                continue
            if how:
                whole = how == "forward" or (
                    not above and (how == "unquoted" or (how == "head" and not is_reply))
                )
                return kept, "forward" if whole else "quote"
        kept.append(line)
        at += 1
    return kept, found


def _ends(lines: list[str]) -> set[int]:
    """The lines with which an attribution may end; no mail has hundreds that are worth a closer look."""
    found = (number for number, line in enumerate(lines) if line.rstrip(" \t\xa0").endswith(phrases.ENDINGS))
    return set(islice(found, MOST_ENDS))


def _introduced(lines: list[str], at: int, attributed: int, ends: set[int]) -> int:
    """Where the > lines begin that this line (or these, wrapped) introduces; 0 when it introduces none."""
    if not attributed and at in ends:
        line = lines[at].strip()
        if phrases.SHORT_ATTRIBUTION.fullmatch(line[:300]) or phrases.QUOTE_INTRODUCTION.fullmatch(
            line[:450]
        ):
            attributed = at + 1
    after = _next_words(lines, attributed) if attributed else 0
    return after if after and after < len(lines) and QUOTED.match(lines[after]) else 0


def _attribution(lines: list[str], at: int, ends: set[int]) -> int:
    """The line after the "On ... wrote:" that begins here, 0 when none does. Programs wrap it over up to five."""
    joined = ""
    for end in range(at, min(at + 5, len(lines))):
        part = lines[end].strip()
        if end > at and (not part or part.startswith(">")):
            break
        joined = f"{joined} {part}" if joined else part
        if len(joined) > 450:
            break
        if end in ends and _is_attribution(joined, single=end == at):
            return end + 1
    return 0


def _is_attribution(line: str, *, single: bool) -> bool:
    if phrases.VERB.search(line):
        if phrases.ATTRIBUTION.fullmatch(line) or (single and phrases.ASIAN_ATTRIBUTION.fullmatch(line)):
            return True
        if "@" in line and phrases.NAMED_ATTRIBUTION.fullmatch(line):
            return True
    return "@" in line and bool(phrases.DATED_ATTRIBUTION.fullmatch(line))


def _next_words(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _rest_is_old(lines: list[str], at: int, ends: set[int]) -> str:
    """Whether from this line on all is another mail: "forward", "head" (Outlook's), "above", "quote", ""."""
    line = lines[at]
    begins, edge = line.lstrip()[:1], line.rstrip()[-1:]
    if len(line) > 1000:
        return ""
    if begins in "-_*=" or edge in ":：":
        if phrases.FORWARD.fullmatch(line):
            return "forward"
        if phrases.SEPARATOR.fullmatch(line):
            return "head"
    if begins == "-" and phrases.ZOHO.fullmatch(line):
        return "quote"
    if begins in "-_=*" and phrases.UNDERSCORES.fullmatch(line):
        after = _next_words(lines, at + 1)
        old = after < len(lines) and (_is_head(lines, after) or _attribution(lines, after, ends))
        return "head" if old else ""
    if phrases.ABOVE_HINT.search(line) and phrases.ABOVE.fullmatch(line):
        return "above"
    if (":" in line or "：" in line) and (_is_head(lines, at) or phrases.ONE_LINE_HEAD.fullmatch(line)):
        return "head"
    return ""


def _is_head(lines: list[str], at: int) -> bool:
    """From:, Sent:, To:, Subject: below each other, in any language and order beginning with who or when."""
    first = phrases.LABEL.fullmatch(lines[at]) if len(lines[at]) < 700 else None
    if not first or first.lastgroup not in {"from", "sent"}:
        return False
    kinds, seen = {first.lastgroup}, 1
    for line in lines[at + 1 : at + 14]:
        if not line.strip():
            continue
        match = phrases.LABEL.fullmatch(line) if len(line) < 700 else None
        if match:
            kinds.add(match.lastgroup)
        seen += 1
        # A journey has From, To and Date as well; only a mail's head names its subject.
        if len(kinds) >= 3 and {"from", "subject"} <= kinds:
            return True
        if seen > 8:
            break
    return False


def _trimmed(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    out: list[str] = []
    for line in lines[start:end]:  # one empty line where a quote stood
        if line.strip() or (out and out[-1].strip()):
            out.append(line.rstrip())
    return out


def unsigned(lines: list[str]) -> list[str]:
    """Without the signature: below a delimiter, or what a telephone, a virus scanner or a list adds."""
    for at, line in enumerate(lines):
        if phrases.DELIMITER.fullmatch(line) and len(lines) - at <= FIRST_SIGNATURE_LINES:
            lines = lines[:at]
            break
        if (
            len(lines) - at <= 9
            and phrases.UNDERSCORES.fullmatch(line)
            and LIST_FOOTER.search("\n".join(lines[at:]))
        ):
            lines = lines[:at]
            break
    lines = _trimmed(lines)
    for _ in range(4):
        last = next((n for n in range(1, min(7, len(lines) + 1)) if _is_mobile(lines[-n])), 0)
        if not last:
            break
        lines = _trimmed(lines[:-last])
    end = len(lines)
    while end and (phrases.UNDERSCORES.fullmatch(lines[end - 1]) or not lines[end - 1].strip()):
        end -= 1
    return lines[:end]


def _is_mobile(line: str) -> bool:
    return len(line) < 300 and bool(phrases.MOBILE.fullmatch(line))
