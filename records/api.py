"""For programs: all that is known of one person, and erasing them (ST-7), each with its own scope."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from contacts.sight import visible_to
from records import erase
from records import person as person_data
from workspaces.permissions import Permission
from workspaces.programs import answers_mistakes
from workspaces.tokens import with_token


@require_safe
@with_token(Permission.EXPORT)
@answers_mistakes
def person(request, contact_pk):
    contact = get_object_or_404(visible_to(request.token.member), pk=contact_pk)
    told = person_data.told(contact, by=request.token.member)
    return HttpResponse(told, content_type="application/json")


@require_POST
@with_token(Permission.ERASE_CONTACTS)
@answers_mistakes
def erasure(request, contact_pk):
    """It goes on in the background, and cannot be taken back. Asking twice is asking once."""
    contact = get_object_or_404(visible_to(request.token.member), pk=contact_pk)
    erase.ask_for_erasure(contact, by=request.token.member)
    return JsonResponse({"id": contact.pk, "erasing": True}, status=202)
