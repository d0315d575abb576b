"""JSON from outside, as far as PostgreSQL can keep what it says."""

import json
from typing import Any

from django.http import HttpRequest


def read(body: bytes | str) -> Any:
    """Raises ValueError: no JSON, nested without end, or with half a surrogate pair, which is no sign of any language."""
    try:
        # As text first: of bytes Python's reader lets half pairs through.
        told = body if isinstance(body, str) else body.decode("utf-8-sig")
        said = json.loads(told)
        if "\\u" in told:  # the only other way in
            json.dumps(said, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deep") from None
    return said


def of(request: HttpRequest) -> Any:
    """What a request carries. Raises ValueError, also when it says that it is something else: a form that anybody (the
    check of its token, say) has read has no body any more."""
    if request.content_type != "application/json":
        raise ValueError("not said to be JSON")
    return read(request.body)
