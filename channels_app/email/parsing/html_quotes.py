"""Where the quote sits in a mail's HTML, by the marks that mail programs leave in it."""

import re
from collections.abc import Iterable
from itertools import pairwise

from .rendering import VOID, Token, attributes_of, to_text, tokens

# Elements that hold a quote, and nothing else.
CLASSES = {
    "gmail_quote", "gmail_quote_container", "gmail_attr", "gmail_extra", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote", "zmail_extra",
    "tutanota_quote", "front-blockquote", "missive_quote", "freshdesk_quote", "hs_reply", "airmail_on", "clean_bq",
    "quoted_text", "WordSection1Quote", "bloop_original_html", "mailplane_quote", "moz-forward-container",
    "moz-email-headers-table", "zm_quote", "iq-quote", "trix-quote", "ms-outlook-quote", "mail-quote-collapse", "gmail_forward",
}  # fmt: skip
IDS = {
    "isReplyContent", "mail-editor-reference-message-container", "reply-intro", "replybody1", "oriMsgHtmlSeperator", "yahoo_quoted",
    "tmjah_g_1299", "zwchr",
}  # fmt: skip
NAMES = {"quote", "messageReplySection", "replySplit"}
# Elements after which all is the other mail.
CUTS = {
    "divRplyFwdMsg", "appendonsend", "OLK_SRC_BODY_SECTION", "stopSpelling", "ms-outlook-mobile-body-separator-line", "MailContainerBodyQuote",
    "_MailOriginal", "originalMessage", "mailAppReply",
}  # fmt: skip
# The thin line above From: in Outlook's reply, blue-grey or grey.
BORDER = re.compile(r"e1e1e1|b5c4df|225,\s?225,\s?225|181,\s?196,\s?223|solid\s#?ccc", re.IGNORECASE)
MOST_BORDERS = 30
HEAD = re.compile(
    r"^\W{0,6}(?:from|de|von|da|van|od|från|fra|от|差出人|发件人)\s?\*{0,2}\s?[:：]", re.IGNORECASE
)
SIGNATURES = {
    "gmail_signature", "gmail_signature_prefix", "moz-signature", "protonmail_signature_block", "ms-outlook-mobile-signature", "AppleMailSignature",
    "yahoo_signature", "ymail_android_signature", "iphone_signature", "tutanota_signature",
}  # fmt: skip
SIGNATURE_IDS = {
    "Signature",
    "signature",
    "AppleMailSignature",
    "ms-outlook-mobile-signature",
    "lineBreakAtBeginningOfSignature",
    "composer_signature",
    "ymail_android_signature",
}
Range = tuple[int, int]


class Marks:
    """Ranges of the tree's source that are quotes or signatures, and the place where everything old begins."""

    def __init__(self, tree: str):
        self.tree = tree
        self.quotes: list[Range] = []
        self.signatures: list[Range] = []
        self.end = len(tree)
        self.borders = 0
        self._read()

    def found(self) -> bool:
        return bool(self.quotes) or self.end < len(self.tree)

    def _read(self) -> None:
        open_tags: list[tuple[str, int, str]] = []  # name, start, what it is
        for token in tokens(self.tree):
            if not token.name or (token.name in VOID and token.name != "hr"):
                continue
            if token.closing:
                self._close(open_tags, token)
                continue
            what = _what(token)
            if what == "cut" or (what == "border" and self._is_head_after(token)):
                self.end = min(self.end, token.start)
                break
            if token.name != "hr":
                open_tags.append((token.name, token.start, what))
        for name, start, what in open_tags:
            self._keep(what, (start, self.end), name)

    def _close(self, open_tags: list[tuple[str, int, str]], token: Token) -> None:
        if open_tags and open_tags[-1][0] == token.name:
            name, start, what = open_tags.pop()
            self._keep(what, (start, token.end), name)

    def _keep(self, what: str, place: Range, name: str) -> None:
        if what == "quote":
            self.quotes.append(place)
        elif what == "signature":
            self.signatures.append(place)

    def _is_head_after(self, token: Token) -> bool:
        """Whether a thin line above is Outlook's: From: and its fellows follow at once."""
        self.borders += 1
        if self.borders > MOST_BORDERS:
            return False
        text = to_text(self.tree[token.start : token.start + 3000])
        return bool(HEAD.match(text))

    def without(self, ranges: Iterable[Range]) -> str:
        out, at = [], 0
        for start, end in sorted(ranges):
            if start >= self.end:
                break
            if start > at:
                out.append(self.tree[at:start])
            at = max(at, end)
        out.append(self.tree[at : self.end])
        return "".join(out)

    def outermost_first(self) -> list[Range]:
        return sorted(self.quotes, key=lambda place: (place[0], -place[1]))


def _what(token: Token) -> str:
    """ "quote", "signature", "cut", "border" or "" for an opening tag."""
    name, raw = token.name, token.attributes
    if not raw:
        return ""
    if "border" in raw and name in {"div", "p", "td"} and BORDER.search(raw):
        return "border"
    if not any(word in raw for word in ("class=", "id=", "type=", "name=", "data-", "cite=")):
        return ""
    given = attributes_of(token)
    classes = {one.removeprefix("x_") for one in given.get("class", "").split()}
    identity = re.sub(r"^(?:x_)+", "", given.get("id", ""))
    if identity in CUTS or given.get("name") in CUTS or given.get("data-marker") == "__QUOTED_TEXT__":
        return "cut"
    if name == "blockquote" and (given.get("type", "").lower() == "cite" or "cite" in given):
        return "quote"
    if classes & CLASSES or identity in IDS or given.get("name") in NAMES:
        if "gmail_extra" in classes or (name == "hr" and identity):
            return "cut" if name == "hr" else ""
        return "quote"
    if classes & SIGNATURES or identity in SIGNATURE_IDS or "data-smartmail" in given:
        return "signature"
    return ""


def own_part(tree: str) -> tuple[str, str]:
    """The tree without quotes and signatures, and without quotes alone; ("", "") when nothing marks a quote.

    Answers between quoted paragraphs sit inside the container of some programs: when taking the container
    leaves nothing, only the quotations inside it are taken.
    """
    marks = Marks(tree)
    if not marks.found():
        return "", ""
    quotes = marks.outermost_first()
    if not to_text(marks.without(quotes)).strip():
        quotes = [
            place for place, after in pairwise([*quotes, (marks.end, marks.end)]) if after[0] >= place[1]
        ]
    return marks.without([*quotes, *marks.signatures]), marks.without(quotes)


def signature_text(tree: str) -> str:
    """What the marked signature says, so that it can be found at the end of the plain text too."""
    marks = Marks(tree)
    return to_text(tree[slice(*marks.signatures[0])]) if marks.signatures else ""
