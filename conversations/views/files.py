"""Files of a conversation: taken one by one while somebody writes, given out to those who may read it."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from conversations import files
from conversations.models import Attachment, PropertyFile
from conversations.queries.thread import file_view, files_of
from conversations.views.pages import empty, load, load_to_work
from workspaces.access import allowed, member_only
from workspaces.permissions import Permission


@require_POST
@member_only
def upload(request, pk):
    """Keep one file until the reply it is for is sent; answers with its chip, or with why not."""
    load_to_work(request, pk)
    return _keep(request)


@require_POST
@allowed(Permission.WORK)
def compose_upload(request):
    """The same for a letter that belongs to no conversation yet."""
    return _keep(request)


def _keep(request) -> HttpResponse:
    try:
        file = files.store(request.FILES.get("file"), limits=files.MEMBER, member=request.member)
    except files.FileRefused as refused:
        return HttpResponse(str(refused), status=422, content_type="text/plain; charset=utf-8")
    return render(request, "conversations/_chip.html", {"file": file, "workspace": request.workspace})


@require_POST
@member_only
def discard(request, key):
    """Let go of a file of one's own that was not sent."""
    get_object_or_404(Attachment.objects.waiting().filter(uploader=request.member), storage_key=key)
    files.discard(key, member=request.member)
    return empty()


@require_safe
@member_only
def file(request, key):
    return files.serve(_load(request, key))


@require_safe
@member_only
def thumb(request, key):
    return files.serve(_load(request, key), thumb=True)


def _load(request, key) -> Attachment:
    """Asked anew at every download: access that was taken away is gone at once (T049)."""
    return get_object_or_404(Attachment.objects.visible_to(request.member), storage_key=key)


@require_safe
@member_only
def own_file(request, key):
    """What a property holds (TK-10)."""
    return files.serve(_load_own(request, key))


@require_safe
@member_only
def own_thumb(request, key):
    return files.serve(_load_own(request, key), thumb=True)


def _load_own(request, key) -> PropertyFile:
    """Asked anew as well, through what it is a property of."""
    return get_object_or_404(PropertyFile.objects.visible_to(request.member), storage_key=key)


@require_safe
@member_only
def gallery(request, pk):
    """Everything that was sent in a conversation and what was merged into it, newest first, by pages: `?before` a file."""
    load(request, pk)
    before = request.GET.get("before", "")
    found, more = files_of(pk, before=int(before) if before.isdecimal() and len(before) < 19 else 0)
    slug = request.workspace.slug
    url = reverse("conversations:gallery", args=[slug, pk])
    context = {
        "files": [file_view(one, slug) for one in found],
        "more_url": f"{url}?before={found[-1].pk}" if more else "",
    }
    return render(request, "conversations/_gallery_page.html", context)


def store_all(request) -> list[uuid.UUID]:
    """Keys of the files a reply names, and of those that a form without script carries. Raises FileRefused."""
    keys = parse_keys(" ".join(request.POST.getlist("files")))
    carried = request.FILES.getlist("attachments")
    if len(keys) + len(carried) > files.MOST_FILES:
        raise files.FileRefused("many")
    for upload in carried:
        keys.append(files.store(upload, limits=files.MEMBER, member=request.member).storage_key)
    return keys


def parse_keys(text: str) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(key) for key in text.split()]
    except ValueError:
        raise files.FileRefused("gone") from None


def chips(request) -> list[Attachment]:
    """What waits of the files a refused reply named: they stand in its form again."""
    try:
        keys = parse_keys(" ".join(request.POST.getlist("files")))
    except files.FileRefused:
        return []
    return list(Attachment.objects.waiting().filter(uploader=request.member, storage_key__in=keys))
