"""How much a program may ask with one key: the room below asks us, for it knows no buckets."""

from events.buckets import MINUTE, Limited, Rate, take
from workspaces.models import ApiToken
from workspaces.signals import token_used

BY_KEY = Rate("api-key", 300, MINUTE, 300)


def listen() -> None:
    token_used.connect(_wait, dispatch_uid="events.api_limit")


def _wait(sender: type, token: ApiToken, **_more: object) -> int:
    """Seconds until the next request of this key is answered: 0 when this one is."""
    try:
        take(BY_KEY, token.pk)
    except Limited as limited:
        return limited.retry_after
    return 0
