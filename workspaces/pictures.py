"""Pictures of people: looked at, cut square, written anew without anything but the pixels, kept under a random key."""

import io
import secrets
import warnings

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

LARGEST = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
SIDE = 256
# Only these decoders get to see the bytes, whatever the file calls itself.
FORMATS = ["PNG", "JPEG", "WEBP", "GIF"]


def path_of(key: str) -> str:
    return f"faces/{key}.webp"


def address_of(key: str) -> str:
    """Where a page finds it, or nothing."""
    return f"/live/faces/{key}.webp" if key else ""


def square(upload) -> bytes:
    """A small square copy. Raises ValidationError for what is no picture, or too large a one."""
    if upload.size > LARGEST:
        raise ValidationError(_("The picture is larger than 5 MB."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise ValidationError(_("The picture has too many pixels."))
                return _drawn(picture)
    except ValidationError:
        raise
    except Exception:
        # Decoders fail in as many ways as there are broken pictures.
        raise ValidationError(_("Choose a picture: PNG, JPEG, WebP or GIF.")) from None


def _drawn(picture: Image.Image) -> bytes:
    picture.draft("RGB", (SIDE * 2, SIDE * 2))
    upright = ImageOps.exif_transpose(picture)
    small = ImageOps.fit(upright.convert("RGBA"), (SIDE, SIDE))
    bare = Image.new("RGBA", small.size)
    bare.paste(small)
    written = io.BytesIO()
    bare.save(written, "WEBP", quality=82)
    return written.getvalue()


def keep(content: bytes) -> str:
    """Store a picture and return its key: who is not told it cannot guess it."""
    key = secrets.token_urlsafe(24)
    default_storage.save(path_of(key), ContentFile(content))
    return key


def forget(key: str) -> None:
    if key:
        default_storage.delete(path_of(key))
