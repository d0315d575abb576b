"""Where to go next: only ever a path on this site (T025)."""

import re

from django.utils.http import url_has_allowed_host_and_scheme

CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")


def is_local_path(url: str | None) -> bool:
    """True for "/a/b?c": no host, no scheme, no backslash, nothing a browser might read as one."""
    if not url or not url.startswith("/") or CONTROL.search(url):
        return False
    return url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def next_path(request, default: str) -> str:
    wanted = request.POST.get("next") or request.GET.get("next")
    return wanted if is_local_path(wanted) else default
