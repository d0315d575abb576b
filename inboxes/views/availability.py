"""Available or Away, from the personal menu."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from inboxes.availability import set_availability
from inboxes.forms import AvailabilityForm
from workspaces.access import member_only
from workspaces.queries import home_of
from workspaces.redirects import next_path


@require_POST
@member_only
def availability(request):
    form = AvailabilityForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    set_availability(request.member, availability=form.cleaned_data["availability"], by=request.member)
    return redirect(next_path(request, home_of(request.member)))
