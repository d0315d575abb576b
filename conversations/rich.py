"""What an editor wrote: cleaned to a closed list of elements, and its twin in plain text."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3

TAGS = {
    "p", "br", "strong", "b", "em", "i", "u", "s", "a", "ul", "ol", "li", "blockquote", "code", "pre", "img",
    "h1", "h2", "h3", "hr", "div", "span",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt", "width", "height"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel", "cid"}
LONGEST = 500_000
BLOCKS = {"p", "div", "blockquote", "ul", "ol", "li", "pre", "h1", "h2", "h3", "hr", "br", "table", "tr"}
APART = {"p", "blockquote", "pre", "h1", "h2", "h3", "ul", "ol", "hr"}  # with an empty line around them
CID = re.compile(r"""\bsrc="cid:([^"]+)\"""")


def clean(html: str) -> str:
    """The editor's HTML with nothing but what mail of ours may hold. Pictures come from its own files alone."""
    cleaned = nh3.clean(
        html[:LONGEST].replace("\x00", ""),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        attribute_filter=_pictures_of_our_own,
        link_rel="noopener noreferrer",
    ).strip()
    return cleaned if plain(cleaned) or "<img" in cleaned else ""


def _pictures_of_our_own(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if value.startswith("cid:") else None
    if tag == "a" and name == "href":
        return value if urlsplit_quietly(value) in SCHEMES - {"cid"} else None
    return value


def urlsplit_quietly(address: str) -> str:
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return ""


def pictures_in(html: str) -> list[str]:
    """The cids that it shows, in order."""
    return list(dict.fromkeys(CID.findall(html)))


def plain(html: str) -> str:
    """Its words as plain text: lists with dashes, quotes with >, links with their address behind them."""
    writer = _Plain()
    writer.feed(html)
    writer.close()
    return writer.text()


class _Plain(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line = ""
        self.quotes = 0
        self.lists: list[int] = []  # the next number of an ordered list, 0 of another
        self.links: list[tuple[str, int]] = []
        self.in_pre = 0
        self.bullet = ""
        self.blank = False
        self.quotes_before = 0

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in BLOCKS:
            self._end_line(blank=tag in APART)
        if tag == "blockquote":
            self.quotes += 1
        elif tag in ("ul", "ol"):
            self.lists.append(1 if tag == "ol" else 0)
        elif tag == "li":
            self._bullet()
        elif tag == "pre":
            self.in_pre += 1
        elif tag == "hr":
            self.line = "---"
            self._end_line()
        elif tag == "a":
            self.links.append((given.get("href") or "", len(self.line)))
        elif tag == "img" and given.get("alt"):
            self.line += f"[{given['alt']}]"

    def handle_endtag(self, tag):
        if tag == "a" and self.links:
            self._link(*self.links.pop())
        if tag in ("ul", "ol") and self.lists:
            self._end_line()
            self.lists.pop()
        if tag == "li" and self.line == self.bullet:
            self.line = self.bullet = ""  # an item without words
        if tag in BLOCKS and tag != "br":
            self._end_line(blank=tag in APART)
        if tag == "blockquote":
            self.quotes = max(0, self.quotes - 1)
        elif tag == "pre":
            self.in_pre = max(0, self.in_pre - 1)

    def handle_data(self, data):
        if self.in_pre:
            first, *rest = data.split("\n")
            self.line += first
            for piece in rest:
                self._end_line(force=True)
                self.line = piece
            return
        words = re.sub(r"[ \t\r\n\f]+", " ", data)
        self.line += words.lstrip() if not self.line or self.line.endswith(" ") else words

    def _bullet(self) -> None:
        number = self.lists[-1] if self.lists else 0
        if number:
            self.lists[-1] += 1
        self.line = "  " * max(0, len(self.lists) - 1) + (f"{number}. " if number else "- ")
        self.bullet = self.line

    def _link(self, address: str, start: int) -> None:
        words = self.line[start:].strip()
        bare = address.removeprefix("mailto:").rstrip("/")
        if address and words and words.rstrip("/") not in (bare, bare.removeprefix("https://")):
            self.line += f" <{address}>"

    def _end_line(self, *, blank: bool = False, force: bool = False) -> None:
        """Write the line that stands; `blank` asks for an empty one before whatever comes next."""
        if self.bullet and self.line == self.bullet:
            return  # an item's paragraph begins beside its mark
        self.bullet = ""
        if self.line.strip() or force:
            if self.blank and self.lines:
                self.lines.append(("> " * min(self.quotes, self.quotes_before)).rstrip())
            self.lines.append(("> " * self.quotes + self.line.rstrip()).rstrip())
            self.line, self.blank, self.quotes_before = "", False, self.quotes
        self.blank = self.blank or (blank and not self.lists)

    def text(self) -> str:
        self._end_line()
        return "\n".join(self.lines).strip()
