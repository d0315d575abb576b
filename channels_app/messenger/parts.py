"""The attachments of a message: media, stickers, places, shared links, templates, and what nobody knows yet."""

from channels_app.messenger.told import Part
from channels_app.messenger.values import degrees_of, dict_of, dicts_of, id_of, text_of, url_of

MOST = 30
LINES = 20


def parts_of(message: dict) -> tuple[Part, ...]:
    parts = [_part(told) for told in dicts_of(message.get("attachments"))[:MOST]]
    # An old form: one attachment beside the message, or a sticker by its number alone.
    parts = parts or [_part(told) for told in dicts_of(message.get("attachment"))[:1]]
    sticker = id_of(message.get("sticker_id"))
    if sticker and not any(part.sticker_id for part in parts):
        parts = [_as_sticker(part, sticker) for part in parts] or [Part("sticker", sticker_id=sticker)]
    return _once(parts)


def _part(told: dict) -> Part:
    payload = dict_of(told.get("payload"))
    kind = text_of(told.get("type"), 60).strip().lower() or "unknown"
    sticker = id_of(payload.get("sticker_id")) or id_of(told.get("sticker_id"))
    # Meta writes "latitude" as "lat" and "longitude" as "long".
    place = dict_of(payload.get("coordinates")) or dict_of(told.get("coordinates"))
    latitude = degrees_of(place.get("lat", place.get("latitude")), 90)
    longitude = degrees_of(place.get("long", place.get("lng", place.get("longitude"))), 180)
    if latitude is None or longitude is None:
        latitude = longitude = None
    return Part(
        kind="sticker" if sticker and kind in ("image", "sticker") else kind,
        url=_url(told, payload),
        title=text_of(told.get("title"), 500)
        or text_of(payload.get("title"), 500)
        or text_of(told.get("name"), 500),
        sticker_id=sticker,
        latitude=latitude,
        longitude=longitude,
        lines=_lines(payload),
    )


def _url(told: dict, payload: dict) -> str:
    # An address where an object was expected is one all the same.
    places = (payload.get("url"), told.get("url"), payload.get("link"), told.get("URL"), told.get("payload"))
    media = dict_of(payload.get("media"))
    return next(filter(None, map(url_of, (*places, media.get("url"), payload.get("src")))), "")


def _as_sticker(part: Part, sticker: str) -> Part:
    return Part("sticker", part.url, part.title, sticker) if part.kind == "image" else part


def _lines(payload: dict) -> tuple[str, ...]:
    """What templates and products say, without their buttons' addresses."""
    product = dict_of(payload.get("product"))
    generic = dict_of(payload.get("generic"))
    found = [text_of(payload.get("text"), 2000), text_of(payload.get("description"), 2000)]
    for source in (payload, product, generic):
        for element in dicts_of(source.get("elements"))[:LINES]:
            found += [text_of(element.get(name), 500) for name in ("title", "subtitle", "text")]
            found += [text_of(button.get("title"), 100) for button in dicts_of(element.get("buttons"))[:5]]
    found += [text_of(button.get("title"), 100) for button in dicts_of(payload.get("buttons"))[:5]]
    return tuple(dict.fromkeys(line.strip() for line in found if line.strip()))[:LINES]


def _once(parts: list[Part]) -> tuple[Part, ...]:
    """A sticker is told twice in the months in which Meta changes its form: as an image and as a sticker."""
    stickers = [part for part in parts if part.kind == "sticker"]
    ids = {part.sticker_id for part in stickers} - {""}
    urls = {part.url for part in stickers} - {""}
    seen: set = set()
    kept = []
    for part in parts:
        is_twin = part.kind == "image" and stickers and part.url in urls
        name = ("sticker", part.sticker_id) if part.sticker_id in ids else part
        if is_twin or name in seen:
            continue
        seen.add(name)
        kept.append(part)
    return tuple(kept)
