"""What happens around every request, in the order of settings.MIDDLEWARE."""

import time

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.conf import settings
from django.http import Http404
from django.utils import translation
from django.utils.cache import patch_vary_headers

from config.access import SIGNED_IN, access_of
from workspaces import sign_on
from workspaces.network import real_address


def believed_address(get_response):
    """Put the address that declared proxies vouch for where everybody looks for it."""

    def middleware(request):
        meta = request.META
        forwarded = request.headers.get("X-Forwarded-For", "")
        meta["REMOTE_ADDR"] = real_address(meta["REMOTE_ADDR"], forwarded, settings.TRUSTED_PROXY_COUNT)
        return get_response(request)

    return middleware


WIDGET = "/live/"
PLAIN = "/live/chat/"


def visitors_bring_no_cookie(get_response):
    """Take the cookies off what a widget asks for: it acts by its token, and must cost no session (W1).

    The chat as a page of its own acts by a cookie, and keeps that one and the one of its forms; nobody is signed in there.
    """

    def middleware(request):
        if request.path_info.startswith(WIDGET):
            told = request.META.pop("HTTP_COOKIE", "")
            if request.path_info.startswith(PLAIN) and (kept := _of_plain_chat(told)):
                request.META["HTTP_COOKIE"] = kept
        return get_response(request)

    return middleware


def _of_plain_chat(told: str) -> str:
    names = ("parley_chat_", f"{settings.CSRF_COOKIE_NAME}=")
    return "; ".join(one for one in map(str.strip, told.split(";")) if one.startswith(names))


def language_of_member(get_response):
    """The language: a person's own choice, else the cookie of the language switch, else the browser's."""

    def middleware(request):
        if request.path_info.startswith(WIDGET):  # these answer in the language that they are asked for
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = settings.LANGUAGE_CODE
            return get_response(request)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        person = request.session.get("language", "")
        language = next((code for code in (person, chosen) if code in dict(settings.LANGUAGES)), None)
        translation.activate(language or translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language()
        response = get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    return middleware


def private_by_default(get_response):
    """No cache keeps a page of a signed-in person, nor a fragment of it, nor its errors (T015)."""

    def middleware(request):
        response = get_response(request)
        if request.path_info.startswith(WIDGET):
            response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
            return response
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        patch_vary_headers(response, ("Cookie", "HX-Request"))
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


class note_session:
    """allauth's note of when a session was last used, and from where: once a minute for each client of it, since noting
    it with every request costs five queries. Each process counts for itself; one more note harms nothing."""

    EVERY = 60.0
    MOST = 10_000  # then all are forgotten, and noted anew

    def __init__(self, get_response):
        self.get_response, self.note, self.seen = (
            get_response,
            UserSessionsMiddleware(lambda request: None),
            {},
        )

    def __call__(self, request):
        if request.session.session_key and request.user.is_authenticated:
            agent = request.headers.get("User-Agent", "")
            client, now = (request.session.session_key, request.META["REMOTE_ADDR"], agent), time.monotonic()
            if now - self.seen.get(client, -self.EVERY) >= self.EVERY:
                self.note(request)
                if len(self.seen) >= self.MOST:
                    self.seen.clear()
                self.seen[client] = now
        return self.get_response(request)


class declared_access_only:
    """Refuse a view that has not declared who may enter it, and the account's pages to a session of single sign-on."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        access = access_of(view, request.resolver_match)
        if access is None:
            raise Http404
        if access is SIGNED_IN and request.user.is_authenticated and sign_on.is_narrow(request):
            return sign_on.instead_of_account_page(request)
        return None
