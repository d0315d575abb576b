"""A file on its way out. What to send is resolved inside the scope; the bytes follow when it is closed."""

import asyncio
from collections.abc import AsyncIterator

from django.http import Http404, StreamingHttpResponse
from django.utils.http import content_disposition_header

from conversations.files.keep import open_bytes
from conversations.files.kinds import INLINE, UNKNOWN
from conversations.files.pictures import THUMB_TYPE
from conversations.models import StoredFile

CHUNK = 256 * 1024
# A file is nobody's page: were it opened as one, it could load nothing, run nothing and belongs to no origin.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


class _Bytes:
    """Reads an open file piece by piece in a thread, so that a slow disk holds up nobody."""

    def __init__(self, file):
        self.file, self.close = file, file.close

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await asyncio.to_thread(self.file.read, CHUNK):
            yield chunk


def serve(file: StoredFile, *, thumb: bool = False, seconds: int = 300) -> StreamingHttpResponse:
    """The answer that carries a file or its small copy. Raises Http404 when the bytes are gone (T047)."""
    path = file.thumb_path if thumb else file.path
    opened = open_bytes(path) if path else None
    if opened is None:
        raise Http404
    kind = THUMB_TYPE if thumb else file.content_type
    inline = thumb or kind in INLINE
    response = StreamingHttpResponse(_Bytes(opened), content_type=kind if inline else _harmless(kind))
    response["Content-Length"] = opened.size
    response["Content-Disposition"] = content_disposition_header(not inline, file.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = f"private, max-age={seconds}"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _harmless(kind: str) -> str:
    """Text is sent as bytes too: no browser then guesses an alphabet, or a language to run."""
    return UNKNOWN if kind.startswith("text/") else kind
