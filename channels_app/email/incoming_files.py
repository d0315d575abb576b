"""The files of a mail: looked at like any other, kept while their message is being written, named when refused."""

import uuid
from dataclasses import dataclass, field

from django.core.files.base import ContentFile

from channels_app.email.parsing import ParsedMail
from conversations import files
from conversations.files import FileRefused, Limits

MOST_TOGETHER = 25 * files.MB  # EM-13: beyond it the words stay and the files do not
MOST_FILES = 100


@dataclass(frozen=True)
class Kept:
    """Keys of the files that wait; which Content-ID each picture in the text has; what was not taken, and why."""

    keys: tuple[uuid.UUID, ...] = ()
    cids: dict[str, str] = field(default_factory=dict)
    refused: list[dict] = field(default_factory=list)


def keep_files(mail: ParsedMail) -> Kept:
    """Keep what may be kept; a reason of conversations/files/refusal.py for each that may not. Inside the scope."""
    keys, cids, refused = [], {}, []
    is_too_much = sum(file.size for file in mail.attachments) > MOST_TOGETHER
    for number, found in enumerate(mail.attachments):
        try:
            if is_too_much or found.is_refused:
                raise FileRefused("too_large")
            if number >= MOST_FILES:
                raise FileRefused("many")
            upload = ContentFile(found.content, name=found.filename)
            row = files.keep(files.inspect(upload, Limits(size=MOST_TOGETHER, only_known=False)))
        except FileRefused as refusal:
            refused.append({"name": found.filename, "reason": refusal.reason})
            continue
        keys.append(row.storage_key)
        if found.content_id:
            cids[found.content_id.strip("<>")] = str(row.storage_key)
    return Kept(tuple(keys), cids, refused)
