"""HTML that is safe to show: an allow list by nh3, run twice.

The first pass makes one well-formed tree out of anything and keeps the marks by which a quote is recognised;
the second keeps only what a reader needs. Nothing is changed by hand after the second.
"""

import re

import nh3

from .limits import MOST_HTML, MOST_TAGS

TAGS = {
    "a", "abbr", "acronym", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center",
    "cite", "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main", "mark", "ol", "p", "pre", "q",
    "s", "samp", "section", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
    "time", "tr", "tt", "u", "ul", "var", "wbr",
}  # fmt: skip
# Dropped with all they hold. (Elements in neither list lose their tags and keep their text.)
DROPPED = {
    "script", "style", "head", "title", "template", "noscript", "iframe", "frame", "frameset", "noframes", "object", "embed",
    "applet", "svg", "math", "textarea", "select", "option", "audio", "video", "canvas", "xml", "noembed", "plaintext", "xmp",
}  # fmt: skip
TABLE = {"align", "valign", "width", "height", "bgcolor", "border"}
ATTRIBUTES = {
    "*": {"style", "dir", "lang", "title", "align"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "border", "hspace", "vspace"},
    "table": TABLE | {"cellpadding", "cellspacing", "summary"},
    "td": TABLE | {"colspan", "rowspan", "nowrap"},
    "th": TABLE | {"colspan", "rowspan", "nowrap", "scope"},
    "tr": TABLE,
    "tbody": TABLE,
    "thead": TABLE,
    "tfoot": TABLE,
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
    "hr": {"width", "size", "color", "noshade"},
    "br": {"clear"},
}
SIDES = ("", "-top", "-right", "-bottom", "-left")
PROPERTIES = {
    "color", "background-color", "background", "font", "font-family", "font-size", "font-style", "font-variant", "font-weight",
    "letter-spacing", "line-height", "text-align", "text-decoration", "text-indent", "text-transform", "vertical-align",
    "white-space", "word-break", "word-spacing", "word-wrap", "overflow-wrap", "width", "height", "max-width", "max-height",
    "min-width", "min-height", "display", "float", "clear", "direction", "list-style-type", "table-layout", "border-collapse",
    "border-spacing", "border-radius", "border-color", "border-style", "border-width",
    *(f"margin{side}" for side in SIDES), *(f"padding{side}" for side in SIDES), *(f"border{side}" for side in SIDES),
    *(f"border{side}-{what}" for side in SIDES[1:] for what in ("color", "style", "width")),
}  # fmt: skip
LINKS = {"http", "https", "mailto", "tel"}
PICTURE = re.compile(r"data:image/(?:png|gif|jpe?g|webp);base64,[A-Za-z0-9+/=\s]+", re.IGNORECASE)
VALUE = re.compile(r"""[\w\s.,#%!'"/+-]*(?:(?:rgba?|hsla?)\([\d\s.,%/]{0,60}\)[\w\s.,#%!'"/+-]*){0,6}""")
# What asks for a second look, attribute by attribute: functions, escapes, comments, at-rules; addresses out of place.
SUSPECT = re.compile(
    r"""style="[^"]*[(\\@/<>{}]|href="(?:cid|data):|src="(?:data|mailto|tel):""", re.IGNORECASE
)
HARMLESS = re.compile(r"""(style="(?:[^"(\\@/<>{}]|/(?!\*)|rgba?\([\d\s.,%]{0,60}\))*")""")
FORMATTING = re.compile(
    r"<(/?)(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE
)
RENAMED = re.compile(r"<(/?)x-(b|big|code|em|font|i|s|small|strike|strong|tt|u)(?=[\s>])")
RENAMED_TAGS = {
    f"x-{one}" for one in ("b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u")
}
REMOTE = re.compile(r'(<img\b(?:\s[\w-]+="[^"]*")*?\s)src="(https?://[^"]*)"')

_marks = nh3.Cleaner(
    tags=TAGS | RENAMED_TAGS,
    clean_content_tags=DROPPED,
    attributes={
        **{tag: {*names, "href", "src", "type", "name"} for tag, names in ATTRIBUTES.items()},
        "*": {*ATTRIBUTES["*"], "class", "id", "name", "type", "data-marker", "data-smartmail", "cite"},
        "x-font": ATTRIBUTES["font"],
    },
    url_schemes=LINKS | {"cid", "data"},
    link_rel=None,
)


def _kept(tag: str, name: str, value: str) -> str | None:
    """Attribute by attribute, for the rare mail with something unusual in one."""
    if name == "style":
        good = [one for one in value.split(";") if ":" in one and VALUE.fullmatch(one.partition(":")[2])]
        return ";".join(good) or None
    scheme = value.partition(":")[0].strip().lower()
    if name == "src":
        return value if scheme in {"http", "https", "cid"} or PICTURE.fullmatch(value) else None
    if name == "href":
        return value if scheme in LINKS else None
    return value


def _cleaner(**more) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS,
        clean_content_tags=DROPPED,
        attributes=ATTRIBUTES,
        url_schemes=LINKS | {"cid", "data"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        filter_style_properties=PROPERTIES,
        **more,
    )


_plain = _cleaner()
_careful = _cleaner(attribute_filter=_kept)


def marked(html: str) -> str:
    """One well-formed tree of allowed tags, with the attributes that tell a quote; not yet safe to show."""
    html = _bounded(html)
    if html.count("<") * len(html) > 16_000_000:
        # Formatting left open is repeated in every later block: 38 kB become 69 MB. Unknown tags are not repeated.
        html = FORMATTING.sub(r"<\1x-\2", html)
        return RENAMED.sub(r"<\1\2", _marks.clean(html))
    return _marks.clean(html)


def sanitise(html: str) -> str:
    """Safe HTML of any HTML; pictures keep their addresses (see block_remote)."""
    return safe(marked(html)) if html.strip() else ""


def safe(tree: str) -> str:
    """The second pass, over what `marked` made."""
    clean = _plain.clean(tree)
    if SUSPECT.search(HARMLESS.sub("", clean)):
        clean = _careful.clean(clean)
    return clean.strip()


def _bounded(html: str) -> str:
    """No more tags and entities than a tree is made of in a second."""
    html = html[:MOST_HTML]
    for mark in "<&":
        if html.count(mark) > MOST_TAGS:
            at = -1
            for _ in range(MOST_TAGS):
                at = html.find(mark, at + 1)
            html = html[:at]
    return html


def has_remote(html: str) -> bool:
    return bool(REMOTE.search(html))


def block_remote(html: str, allowed: bool = False) -> str:
    """Sanitised HTML whose remote pictures wait in data-remote-src, unless they are allowed."""
    return html if allowed else REMOTE.sub(r'\1data-remote-src="\2"', html)
