"""Parley as an app on a phone: what it is called and looks like, and the page that shows without a network."""

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workspaces.access import public

GROUND, ACCENT = "#f4f7f6", "#005f4f"
ICONS = [
    ("icons/app-192.png", "192x192", "any"),
    ("icons/app-512.png", "512x512", "any"),
    ("icons/maskable-512.png", "512x512", "maskable"),
]


@require_safe
@public
def manifest(request):
    """The web app manifest, in the reader's language."""
    home = reverse("home")
    return JsonResponse(
        {
            "id": home,
            "name": "Parley",
            "short_name": "Parley",
            "description": _("The inbox of your team."),
            "start_url": home,
            "scope": home,
            "display": "standalone",
            "orientation": "any",
            "lang": get_language(),
            "dir": "rtl" if get_language_bidi() else "ltr",
            "background_color": GROUND,
            "theme_color": ACCENT,
            "icons": [
                {"src": static(path), "sizes": sizes, "type": "image/png", "purpose": purpose}
                for path, sizes, purpose in ICONS
            ],
        },
        content_type="application/manifest+json",
    )


@require_safe
@public
def offline(request):
    """What the service worker keeps for the time without a network: words and a button, nothing of anybody's."""
    response = render(request, "offline.html", {"theme": request.COOKIES.get("parley-theme", "")})
    response["Cache-Control"] = "no-store" if settings.DEBUG else "max-age=300"
    return response
