"""The colour that a workspace chose for what its customers see, and what reads on it."""

import re

ACCENT, ON_ACCENT = "#17594f", "#ffffff"
HEX = re.compile(r"#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3}")
COLOUR = re.compile(HEX.pattern + r"|(?:oklch|rgb|hsl)\([0-9a-z.,%/ +-]{1,60}\)")


def colour(value: object) -> str:
    """A colour that may become part of a style, else nothing."""
    return value if isinstance(value, str) and COLOUR.fullmatch(value) else ""


def readable_on(accent: str) -> str:
    """Black or white, whichever reads better on a colour; white when the colour is not given in hex."""
    if not accent.startswith("#"):
        return ON_ACCENT
    digits = accent[1:] if len(accent) == 7 else "".join(digit * 2 for digit in accent[1:])
    linear = [_linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
