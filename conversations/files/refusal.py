"""Why a file is not taken: a word for programs, a sentence for people."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "empty": _("This file is empty."),
    "too_large": _("This file is too large."),
    "kind": _("This kind of file is not accepted here."),
    "executable": _("Programs are not accepted. Send something that opens without running."),
    "pixels": _("This picture has too many pixels."),
    "broken": _("This picture is damaged."),
    "quota": _("This conversation holds no more files."),
    "many": _("Too many files for one message."),
    "gone": _("A file is no longer there. Attach it again."),
}


class FileRefused(Exception):
    """`reason` is a key of REASONS; `str()` is what a person reads."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return str(REASONS[self.reason])
