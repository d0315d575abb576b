"""Error pages in our own look."""

from django.shortcuts import render

from workspaces.access import public


@public
def csrf_failure(request, reason=""):
    return render(request, "403.html", {"expired": True}, status=403)
