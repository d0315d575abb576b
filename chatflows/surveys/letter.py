"""The letter that asks how it was. Its links only open a page: programs follow the links of every mail, and none votes."""

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from channels_app.email.sender import company_of
from chatflows.models import SurveyAnswer
from chatflows.surveys import links
from chatflows.surveys.wishes import wish_of
from chatflows.surveys.words import labels
from conversations.envelope import on_one_line
from conversations.models import Conversation


def write(conversation: Conversation, after: int, upto: int):
    """(subject, text, html, what it answers), or None when it was answered or has gone meanwhile. In the scope."""
    answer = SurveyAnswer.objects.filter(conversation=conversation, score=None).first()
    if answer is None:
        return None
    wish, company, url = (
        wish_of(conversation.channel),
        company_of(conversation.channel),
        links.address_of(answer),
    )
    subject = on_one_line(_("How was it with %(company)s?") % {"company": company})
    about = conversation.subject and on_one_line(
        _("It is about: %(subject)s") % {"subject": conversation.subject}
    )
    choices = [(f"{url}?score={score}", label) for score, label in labels()]
    listed = "\n".join(f"{label}:\n{link}" for link, label in choices)
    text = "\n\n".join(filter(None, [wish.question_words, about, listed, company]))
    buttons = format_html_join("", '<p><a href="{}">{}</a></p>', choices)
    html = format_html(
        "<p><b>{}</b></p>{}{}<p>{}</p>",
        wish.question_words,
        format_html("<p>{}</p>", about) if about else "",
        buttons,
        company,
    )
    return subject, f"{text}\n", html, ""
