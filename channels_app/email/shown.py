"""The document in which a mail's HTML is shown: cleaned once more, its quote folded, its pictures ours or asked for."""

import base64
import hashlib
import html as entities
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from channels_app.email import block_remote, parse
from channels_app.email.parsing.sanitise import sanitise
from channels_app.models import InboundPayload
from conversations.files.keep import open_bytes
from conversations.files.kinds import INLINE
from conversations.models import Message

# All that a letter may say: how tall it is. Pinned by its hash; nothing else runs.
SCRIPT = (
    "const tell=()=>parent.postMessage(document.documentElement.getBoundingClientRect().height,'*');"
    "new ResizeObserver(tell).observe(document.documentElement);addEventListener('load',tell)"
)
PINNED = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
CID = re.compile(r'src="cid:([^"]*)"')
# A letter with colours of its own was made for white paper; any other takes ours.
COLOURED = re.compile(r'bgcolor=|<font[^>]*\scolor=|[;"\s](?:background(?:-color)?|color)\s*:', re.IGNORECASE)
MOST_INLINE = 8 * 1024 * 1024
MOST_READ_AGAIN = 3 * 1024 * 1024

STYLE = """
:root{font:400 15px/1.55 "Inter Variable",Inter,system-ui,sans-serif;overflow-wrap:anywhere;background:transparent}
html[data-paper]{background:#fff;color:#16201f;color-scheme:light}
html:not([data-paper])[data-theme=light]{color-scheme:light}html:not([data-paper])[data-theme=dark]{color-scheme:dark}
html:not([data-paper]){color-scheme:light dark;color:light-dark(oklch(.24 .02 190),oklch(.93 .008 190))}
html:not([data-paper]) a{color:light-dark(oklch(.42 .08 180),oklch(.82 .09 180))}
body{margin:0;padding:12px 16px;overflow-x:auto;overflow-y:hidden}
img{max-width:100%;height:auto}img:not([src]){display:inline-block;min-width:24px;min-height:16px;outline:1px dashed #8886}
table{max-width:100%}td,th{overflow-wrap:break-word}pre{white-space:pre-wrap}blockquote{margin:0 0 0 4px;padding-inline-start:12px;border-inline-start:2px solid #8886}
p{margin:0 0 .8em}p:last-child{margin-bottom:0}
a:is(:hover,:focus-visible)::after{content:attr(href);position:fixed;inset:auto 0 0 0;padding:2px 8px;font:12px/1.5 system-ui,sans-serif;background:#16201f;color:#fff;overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
summary{display:inline-grid;place-items:center;list-style:none;cursor:pointer;block-size:20px;min-inline-size:32px;margin-block:8px;border-radius:10px;background:#8883;line-height:1}
summary::-webkit-details-marker{display:none}body:has(>details[open])>.new{display:none}
"""


@dataclass(frozen=True)
class Shown:
    """How to show it: with pictures of other servers or without, and on which paper."""

    pictures: bool = False
    theme: str = ""
    language: str = ""


def policy(*, pictures: bool) -> str:
    """What the document may do: load nothing but what was asked for, run one pinned line, be framed by us."""
    allowed = "data: https: http:" if pictures else "data:"
    return (
        "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
        f"img-src {allowed}; style-src 'unsafe-inline'; script-src 'sha256-{PINNED}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def document_of(message: Message, payload: InboundPayload | None, shown: Shown) -> str:
    """The whole document. The stored HTML is cleaned again, so that a better cleaner protects old mail too."""
    whole = sanitise(message.html)
    new = sanitise(_own_part(payload)) if payload else ""
    pictures = _Pictures(message)
    whole, new = (pictures.put_in(block_remote(html, shown.pictures)) for html in (whole, new))
    return _page(whole, new if new != whole else "", shown)


def _own_part(payload: InboundPayload) -> str:
    """What the writer wrote themselves, when the mail marks where a quote begins. Large ones are shown whole."""
    raw = bytes(payload.body)
    return parse(raw).new_html if len(raw) <= MOST_READ_AGAIN else ""


def _page(whole: str, new: str, shown: Shown) -> str:
    paper = " data-paper" if COLOURED.search(new or whole) else ""
    theme = f' data-theme="{shown.theme}"' if shown.theme in ("light", "dark") else ""
    language = f' lang="{entities.escape(shown.language)}"' if shown.language else ""
    label = entities.escape(_("Show the whole letter, with what it quotes"))
    if new:
        fold = f'<summary aria-label="{label}">···</summary>'
        body = (
            f'<div class="new" dir="auto">{new}</div><details>{fold}<div dir="auto">{whole}</div></details>'
        )
    else:
        body = f'<div dir="auto">{whole}</div>'
    title = entities.escape(_("Letter"))
    return (
        f'<!doctype html><html{paper}{theme}{language}><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="referrer" content="no-referrer"><style>{STYLE}</style></head>'
        f"<body>{body}<script>{SCRIPT}</script></body></html>"
    )


class _Pictures:
    """Pictures that came with the mail, as part of the document: a frame of no origin cannot fetch them from us."""

    def __init__(self, message: Message):
        cids = ((message.extra or {}).get("mail") or {}).get("cids") or {}
        self.files = {str(file.storage_key): file for file in message.attachments.all()} if cids else {}
        self.keys = {cid.strip("<>"): str(key) for cid, key in cids.items()}
        self.left = MOST_INLINE
        self.known: dict[str, str] = {}

    def put_in(self, html: str) -> str:
        return CID.sub(lambda found: self._address(entities.unescape(found[1])), html)

    def _address(self, cid: str) -> str:
        key = self.keys.get(cid.strip("<>"), "")
        if key not in self.known:
            self.known[key] = self._read(key)
        return f'src="{self.known[key]}"' if self.known[key] else 'alt=""'

    def _read(self, key: str) -> str:
        file = self.files.get(key)
        if file is None or file.content_type not in INLINE or file.size > self.left:
            return ""
        opened = open_bytes(file.path)
        if opened is None:
            return ""
        self.left -= file.size
        with opened:
            return f"data:{file.content_type};base64,{base64.b64encode(opened.read()).decode()}"
