"""Whose request runs now: what the audit log notes without being handed the request through every verb."""

from contextvars import ContextVar
from dataclasses import dataclass

from workspaces.models import Member

_request: ContextVar = ContextVar("request", default=None)


@dataclass(frozen=True)
class Origin:
    """Who acts, and from where; empty where no request is (tasks, commands)."""

    member: Member | None = None
    address: str = ""
    user_agent: str = ""


def remember_request(get_response):
    """Middleware: after the one that puts the believed address in place."""

    def middleware(request):
        token = _request.set(request)
        try:
            return get_response(request)
        finally:
            _request.reset(token)

    return middleware


def current_origin() -> Origin:
    return origin_of(_request.get())


def origin_of(request) -> Origin:
    if request is None:
        return Origin()
    agent = request.META.get("HTTP_USER_AGENT", "")
    return Origin(getattr(request, "member", None), request.META.get("REMOTE_ADDR", ""), agent)
