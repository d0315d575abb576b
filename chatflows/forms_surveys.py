"""What a channel asks after closing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from chatflows.surveys.wishes import LEAST, LONGEST_TEXT, MOST, Wish, wish_of
from inboxes.models import Channel
from workspaces.guarded import Guarded


def _whole(name: str, label, help_text) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=LEAST[name], max_value=MOST[name])


class SurveyForm(Guarded, forms.Form):
    on = forms.BooleanField(
        label=gettext_lazy("Ask how it was, after closing"),
        required=False,
        help_text=gettext_lazy(
            "Once for each conversation that somebody of the team answered; not for spam, and not for what is part of another."
        ),
    )
    question = forms.CharField(
        label=gettext_lazy("Question"),
        max_length=LONGEST_TEXT,
        required=False,
        help_text=gettext_lazy("Empty: “How content are you with our answer?”, in the customer’s language."),
    )
    thanks = forms.CharField(
        label=gettext_lazy("Thanks"),
        max_length=LONGEST_TEXT,
        required=False,
        help_text=gettext_lazy("Shown after the answer. Empty: a plain thank-you."),
    )
    delay = _whole(
        "delay",
        gettext_lazy("Hours after closing"),
        gettext_lazy("In Messenger it is asked only within a day of the customer’s last message."),
    )
    rest = _whole(
        "rest",
        gettext_lazy("Days of rest for one person"),
        gettext_lazy("Nobody is asked twice within these days; 0: after every conversation."),
    )
    good_for = _whole(
        "good_for",
        gettext_lazy("Days in which the answer counts"),
        gettext_lazy("After them the link only says that the question is over."),
    )
    low = _whole(
        "low",
        gettext_lazy("Tell somebody from this score down"),
        gettext_lazy("Of 5. Whoever had the conversation and the managers are told; 0: nobody."),
    )

    def __init__(self, *args, target: Channel, **kwargs):
        super().__init__(*args, target=target, initial=self.read(target), **kwargs)

    @staticmethod
    def read(channel: Channel) -> dict[str, Any]:
        return vars(wish_of(channel))

    def wish(self) -> Wish:
        return Wish(**{name: self.cleaned_data[name] for name in self.base_fields})
