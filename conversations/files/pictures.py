"""Small copies of pictures: decoded within limits, turned upright, written anew without anything but the pixels."""

import io
import warnings

from PIL import Image, ImageOps

from conversations.files.kinds import PICTURES
from conversations.files.refusal import FileRefused

MOST_PIXELS = 40_000_000
THUMB = (560, 400)
THUMB_TYPE = "image/webp"


def thumbnail(file, kind: str) -> bytes:
    """A small copy of a picture. Raises FileRefused for one with too many pixels, or that is none (P: pixel flood)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            # Only the decoder of the sniffed kind gets to see the bytes; this reads the head, not the pixels.
            with Image.open(file, formats=[PICTURES[kind]]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise FileRefused("pixels")
                return _small(picture)
    except Image.DecompressionBombError:
        raise FileRefused("pixels") from None
    except FileRefused:
        raise
    except Exception:
        # Decoders fail in as many ways as there are broken pictures: OSError, SyntaxError, struct.error, ...
        raise FileRefused("broken") from None


def _small(picture: Image.Image) -> bytes:
    picture.draft("RGB", THUMB)  # a JPEG is decoded at the size that is needed
    upright = ImageOps.exif_transpose(picture)
    has_holes = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    small = upright.convert("RGBA" if has_holes else "RGB")
    small.thumbnail(THUMB)
    # A new picture: what hung on the old one (place, camera, profile) stays behind.
    bare = Image.new(small.mode, small.size)
    bare.paste(small)
    written = io.BytesIO()
    bare.save(written, "WEBP", quality=80)
    return written.getvalue()
