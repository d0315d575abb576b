"""How sign-in behaves here: links on our own address, one look for mail, the door shut unless invited."""

from urllib.parse import urlsplit

from allauth.account import signals as account
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa import signals as mfa
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from workspaces.actions import find_invitation
from workspaces.mail import letter, on_site
from workspaces.redirects import is_local_path

INVITATION_KEY = "invitation"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        # The same sentence for an unknown address and a wrong password (T026).
        "email_password_mismatch": _("This email and this password do not match. Check Caps Lock."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then try again."),
        "incorrect_code": _("This code is not right. Check the newest mail."),
        "incorrect_password": _("This password is not right."),
        "rate_limited": _("Too many tries. Wait a moment, then try again."),
    }

    def is_open_for_signup(self, request) -> bool:
        return settings.SIGNUP_OPEN or invitation_of(request) is not None

    def clean_email(self, email: str) -> str:
        """Where sign-up is closed, an invitation opens it for its own address alone."""
        email = super().clean_email(email)
        match = self.request.resolver_match
        if settings.SIGNUP_OPEN or match is None or match.view_name != "account_signup":
            return email
        invitation = invitation_of(self.request)
        if invitation is None or invitation.email.lower() != email.lower():
            raise ValidationError(_("Use the address that was invited."))
        return email

    def save_user(self, request, user, form, commit=True):
        user.language = getattr(request, "LANGUAGE_CODE", "")
        return super().save_user(request, user, form, commit)

    def login(self, request, user) -> None:
        super().login(request, user)
        if user.language:
            request.session["language"] = user.language

    def is_safe_url(self, url) -> bool:
        return is_local_path(url)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Whatever host the request named, links lead to SITE_URL (T024)."""
        links = {key: _own(value) for key, value in context.items() if key.endswith("_url")}
        site = {"site": settings.SITE_URL, "email": email}
        self.render_mail(template_prefix, email, site | context | links).send()

    def render_mail(self, template_prefix, email, context, headers=None):
        subject = render_to_string(f"{template_prefix}_subject.txt", context)
        text = render_to_string(f"{template_prefix}_message.txt", context)
        return letter(to=email, subject=subject, text=text, headers=headers)


def invitation_of(request):
    """The usable invitation whose page this browser opened before, if any."""
    return find_invitation(request.session.get(INVITATION_KEY, ""))


def _own(url: str) -> str:
    parts = urlsplit(url)
    return on_site(parts.path + (f"?{parts.query}" if parts.query else ""))


@receiver([mfa.authenticator_added, mfa.authenticator_removed, mfa.authenticator_reset])
@receiver([account.password_changed, account.password_set, account.password_reset])
def end_other_sessions(request, user, **kwargs) -> None:
    """Who changes how they sign in does so, perhaps, because somebody else is signed in (T029)."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
        session.end()
