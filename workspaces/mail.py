"""Mail of the house: one text, from which the HTML part is made, so that the two never differ."""

import re
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, timezone, translation

LINK = re.compile(r"https?://\S+")
CODE = re.compile(r"[A-Z0-9]{3,4}(-?[A-Z0-9]{3,4}){1,3}")


def on_site(path: str) -> str:
    """The public address of a path. Never the host of a request, which anybody can set (T024)."""
    return urljoin(settings.SITE_URL.rstrip("/") + "/", path.lstrip("/"))


def letter(*, to: str, subject: str, text: str, headers: dict | None = None) -> EmailMultiAlternatives:
    """A mail with a text and an HTML part. Paragraphs that are only a link or a code are drawn as such."""
    text = re.sub(r"\n{3,}", "\n\n", text.strip())
    subject = " ".join(subject.split())
    marked = {"Auto-Submitted": "auto-generated", **(headers or {})}
    mail = EmailMultiAlternatives(subject, text + "\n", settings.DEFAULT_FROM_EMAIL, [to], headers=marked)
    parts = {"subject": subject, "paragraphs": [_paragraph(part) for part in text.split("\n\n")]}
    mail.attach_alternative(render_to_string("mail/letter.html", parts), "text/html")
    return mail


def send_invitation(invitation, token: str, *, workspace, inviter) -> None:
    """In the language of the workspace: the invited person's own is not known yet."""
    with translation.override(workspace.language), timezone.override(workspace.time_zone):
        context = {
            "inviter": inviter.display_name,
            "workspace": workspace.name,
            "link": on_site(reverse("workspaces:invitation", args=[token])),
            "until": formats.date_format(timezone.localtime(invitation.expires_at), "DATE_FORMAT"),
        }
        subject = render_to_string("mail/invitation_subject.txt", context)
        text = render_to_string("mail/invitation.txt", context)
        letter(to=invitation.email, subject=subject, text=text).send()


def _paragraph(text: str) -> dict[str, str]:
    text = text.strip()
    if LINK.fullmatch(text):
        return {"kind": "link", "text": text}
    return {"kind": "code" if CODE.fullmatch(text) else "words", "text": text}
