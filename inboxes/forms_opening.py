"""When a chat is open and what it says when it is not (CT-3 to CT-6); and who is out of the office (AV-7)."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inboxes.models import Channel
from inboxes.opening import ALWAYS, HIDE, HOURS, MESSAGE, RETURN, STATUS, mode_of
from workspaces.guarded import Guarded

FURTHEST = timedelta(days=730)
LONGEST_WORDS = 300


class ChatOpeningForm(Guarded, forms.Form):
    mode = forms.ChoiceField(
        label=_("The chat is open"),
        choices=[
            (STATUS, _("While somebody who works in this inbox is available")),
            (HOURS, _("During the hours below, while somebody is available")),
            (ALWAYS, _("Always")),
        ],
        widget=forms.RadioSelect,
    )
    reply_time = forms.ChoiceField(
        label=_("Usual time to an answer"),
        choices=[
            ("", _("Say nothing of it")),
            ("minutes", _("A few minutes")),
            ("hours", _("A few hours")),
            ("day", _("A day")),
        ],
        required=False,
        help_text=_("Visitors read it while the chat is open."),
    )
    away = forms.ChoiceField(
        label=_("When nobody is available"),
        choices=[(MESSAGE, _("Show the words below")), (HIDE, _("Hide the chat"))],
        widget=forms.RadioSelect,
    )
    away_text = forms.CharField(
        label=_("Words for when nobody is available"),
        max_length=LONGEST_WORDS,
        required=False,
        help_text=_("Empty: our own, in the language of the visitor."),
    )
    closed = forms.ChoiceField(
        label=_("Outside the hours"),
        choices=[
            (RETURN, _("Say when you are back, by the clock of the visitor")),
            (MESSAGE, _("Show the words below")),
            (HIDE, _("Hide the chat")),
        ],
        widget=forms.RadioSelect,
    )
    closed_text = forms.CharField(
        label=_("Words for outside the hours"),
        max_length=LONGEST_WORDS,
        required=False,
        help_text=_("Empty: our own, in the language of the visitor."),
    )

    @staticmethod
    def stored(channel: Channel) -> dict[str, str]:
        kept = channel.config.get("availability") or {}
        return {
            "mode": mode_of(channel),
            "reply_time": kept.get("reply_time", "minutes"),
            "away": kept.get("away", MESSAGE),
            "away_text": kept.get("away_text", ""),
            "closed": kept.get("closed", RETURN),
            "closed_text": kept.get("closed_text", ""),
        }


class AbsenceForm(forms.Form):
    """Out of the office, from a day to a day (AV-7)."""

    first_day = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=60,
        required=False,
        help_text=_("Colleagues read it. Empty: out of the office."),
    )

    def clean(self):
        data = super().clean()
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day comes before the first."))
        elif last and last < timezone.localdate() - timedelta(days=1):
            self.add_error("last_day", _("This day is over."))
        elif first and last and last - first > FURTHEST:
            self.add_error("last_day", _("At most two years."))
        return data
