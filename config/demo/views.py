"""A customer's website that carries the widget, and the mail that did not leave this machine."""

from collections.abc import Callable
from functools import wraps

from csp.decorators import csp
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from config.demo.letters import html_of, newest_letters
from config.demo.team import CHAT_KEY, FORM_KEYS
from config.demo.words import WORDS
from workspaces.access import public

PAGES = ("home", "product", "contact")


def like_a_customers_site(view: Callable) -> Callable:
    """The strict policy a customer might have: from us it takes scripts and frames, the two sources we document."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        policy = {
            "default-src": "'none'",
            "script-src": settings.SITE_URL,
            "frame-src": settings.SITE_URL,
            "style-src": "'self'",
            "img-src": "'self'",
            "base-uri": "'none'",
            "form-action": "'none'",
            "frame-ancestors": "'none'",
        }
        return csp(policy)(view)(request, *args, **kwargs)

    return guarded


@public
@like_a_customers_site
@require_safe
def page(request, language: str, name: str):
    """One page of the shop, in one language, with one script tag from the inbox's origin."""
    other = "fr" if language == "en" else "en"
    context = {
        "language": language,
        "name": name,
        "words": WORDS[language],
        "links": {key: address_of(key, language) for key in PAGES},
        "other": {"language": other, "url": address_of(name, other), "label": WORDS[other]["language"]},
        "site": settings.SITE_URL,
        "key": CHAT_KEY,
        "form_key": FORM_KEYS[language],
    }
    response = render(request, f"demo/{name}.html", context)
    response["Content-Language"] = language
    return response


def address_of(name: str, language: str) -> str:
    return reverse(f"demo:{name}" if language == "en" else f"demo:{name}_{language}")


@public
@require_safe
def mail(request):
    """What Parley would have mailed: codes, invitations, replies. Newest first."""
    response = render(request, "demo/mail.html", {"letters": newest_letters()})
    patch_cache_control(response, private=True, no_store=True)
    return response


@public
@xframe_options_sameorigin
@csp(
    {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": "'unsafe-inline'",
        "sandbox": "",
        "frame-ancestors": "'self'",
    }
)
@require_safe
def mail_html(request, name: str):
    """The HTML of one captured mail, in a document that can do nothing and fetches nothing."""
    html = html_of(name)
    if html is None:
        raise Http404
    response = HttpResponse(html)
    patch_cache_control(response, private=True, no_store=True)
    return response
