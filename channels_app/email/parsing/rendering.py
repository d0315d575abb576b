"""Text made from a well-formed tree of HTML (what sanitise.marked returns), and the tokens both readers share."""

import html as entities
import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(r'<(/?)([a-z][a-z0-9-]*)((?:\s[^\s"=<>]+(?:="[^"]*")?)*)\s*>|([^<]+|<)')
ATTRIBUTE = re.compile(r'([^\s"=<>]+)="([^"]*)"')
SPACES = re.compile(r"[ \t\n\r\f]+")
HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
MOST_INDENT = 6
VOID = {"br", "hr", "img", "wbr", "col"}
BLOCKS = {
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "div", "dl", "dt", "figcaption", "figure", "footer",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul",
}  # fmt: skip
SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table", "dl"}


@dataclass(slots=True)
class Token:
    """A tag (name, closing, attributes as written) or a text, with its place in the tree's source."""

    start: int
    end: int
    name: str = ""
    closing: bool = False
    attributes: str = ""
    text: str = ""


def tokens(tree: str) -> Iterator[Token]:
    for match in TOKEN.finditer(tree):
        closing, name, attributes, text = match.groups()
        if name:
            yield Token(match.start(), match.end(), name, bool(closing), attributes)
        else:
            yield Token(match.start(), match.end(), text=text)


def attributes_of(token: Token) -> dict[str, str]:
    return {name: entities.unescape(value) for name, value in ATTRIBUTE.findall(token.attributes)}


class Page:
    """Collects lines the way a reader sees them."""

    def __init__(self):
        self.lines: list[str] = []
        self.line = ""
        self.blank: str | None = None  # the empty line owed before the next text
        self.quotes = 0
        self.pre = 0

    def say(self, text: str) -> None:
        if self.pre:
            first, *rest = text.split("\n")
            self.line += first
            for one in rest:
                self.end()
                self.line = one
            return
        text = SPACES.sub(" ", text)
        if not self.line or self.line.endswith((" ", "\n")):
            text = text.lstrip(" ")
        if text:
            self.line += text

    def end(self, *, spaced: bool = False, forced: bool = False) -> None:
        """End the line, if there is one; `spaced` asks for an empty line before what follows."""
        text = self.line.rstrip(" ")
        if text.strip("\xa0 ") or forced:
            if self.blank is not None and self.lines:
                self.lines.append(self.blank)
            self.blank = None
            prefix = ">" * self.quotes + " " if self.quotes else ""
            self.lines.append(prefix + text if text.strip("\xa0 ") else prefix.rstrip())
        if spaced and self.blank is None:
            self.blank = ">" * self.quotes
        self.line = ""


def to_text(tree: str) -> str:
    """What the tree says, without its looks: one line per block, quotes as >, links with their address."""
    page, link = Page(), ""
    hidden: list[str] = []
    lists: list[int] = []
    link_from = 0
    for token in tokens(tree):
        name = token.name
        if hidden:
            if name and name not in VOID:
                _nest(hidden, token)
            continue
        if not name:
            page.say(entities.unescape(token.text))
            continue
        if (
            not token.closing
            and name not in VOID
            and "none" in token.attributes
            and HIDDEN.search(token.attributes)
        ):
            hidden.append(name)
            continue
        if name == "br":
            page.end(forced=True)
        elif name == "img":
            page.say(attributes_of(token).get("alt", ""))
        elif name in {"td", "th"}:
            if token.closing:
                page.line = page.line.rstrip() + " " if page.line.strip() else page.line
        elif name == "a":
            if not token.closing:
                link, link_from = attributes_of(token).get("href", ""), len(page.line)
            else:
                _address(page, link, page.line[link_from:])
                link = ""
        elif name in BLOCKS:
            _block(page, token, lists)
    page.end()
    return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", "\n".join(page.lines).replace("\xa0", " ")).strip("\n ")


def _nest(stack: list[str], token: Token) -> None:
    if not token.closing:
        stack.append(token.name)
    elif stack and stack[-1] == token.name:
        stack.pop()


def _block(page: Page, token: Token, lists: list[int]) -> None:
    name = token.name
    page.end(spaced=name in SPACED and not (name in {"ul", "ol"} and len(lists) > token.closing))
    if name in {"ul", "ol"}:
        if not token.closing:
            lists.append(1 if name == "ol" else 0)
        elif lists:
            lists.pop()
    elif name == "li" and not token.closing:
        indent = "  " * max(0, min(len(lists), MOST_INDENT) - 1)
        if lists and lists[-1]:
            page.line = f"{indent}{lists[-1]}. "
            lists[-1] += 1
        else:
            page.line = f"{indent}- "
    elif name == "blockquote":
        page.quotes = min(9, page.quotes + 1) if not token.closing else max(0, page.quotes - 1)
    elif name == "pre":
        page.pre = page.pre + 1 if not token.closing else max(0, page.pre - 1)
    elif name == "hr":
        page.line = "_" * 32
        page.end()


def _address(page: Page, link: str, said: str) -> None:
    """The address behind a link, unless it is what the link says."""
    shown = said.strip()
    if not link.startswith(("http://", "https://")) or not shown:
        return
    bare = re.sub(r"^https?://|/$", "", link)
    if shown != link and re.sub(r"^https?://|/$", "", shown) != bare:
        page.line = page.line.rstrip() + f" ({link})"
