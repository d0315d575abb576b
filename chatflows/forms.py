"""What people choose about a chatflow: a new one, how it opens, what it offers; and a page to try."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from chatflows.models import Chatflow, FlowKind
from chatflows.settings_of import SESSIONS, display_of, options_of
from chatflows.settings_words import NAMES, VALUES, minutes_in_words
from chatflows.targeting import Facts
from chatflows.templates_flows import TEMPLATES, for_channel
from inboxes.models import Channel
from inboxes.queries import people_in
from workspaces.guarded import Guarded
from workspaces.labelled import labelled
from workspaces.models import Team


def _channels():
    rows = Channel.objects.filter(kind__in=("chat", "messenger"), disconnected_at=None)
    return rows.select_related("inbox").order_by("inbox__name", "name", "pk")


class ChannelField(forms.ModelChoiceField):
    def label_from_instance(self, channel):
        return f"{channel.inbox.name} · {channel.name}"


class NewForm(forms.Form):
    channel = ChannelField(queryset=None, label=_("Where"), empty_label=None)
    template = forms.ChoiceField(label=_("Begin with"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name"), max_length=80, required=False, help_text=_("For your team."))
    language = forms.ChoiceField(label=_("Language of its texts"))

    def __init__(self, *args, channel: str | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.channels = list(_channels())
        self.fields["channel"].queryset = _channels()
        kinds = {one.kind for one in self.channels}
        offered = dict.fromkeys(
            one for kind in ("chat", "messenger") if kind in kinds for one in for_channel(kind)
        )
        self.fields["template"].choices = [(one.key, labelled(one.label, one.about)) for one in offered]
        self.fields["template"].initial = next((one.key for one in offered), None)
        codes = [code for code, _name in settings.LANGUAGES]
        self.fields["language"].choices = [
            (code, get_language_info(code)["name_translated"]) for code in codes
        ]
        self.fields["channel"].initial = channel

    def clean(self):
        data = super().clean()
        channel, template = data.get("channel"), data.get("template")
        if channel and template and channel.kind not in TEMPLATES[template].channels:
            self.add_error("template", _("This one is not for this channel. Choose another one."))
        if template and not data.get("name"):
            data["name"] = str(TEMPLATES[template].label)
        return data


class TryForm(forms.Form):
    """A page and a visitor to try the targeting with."""

    channel = ChannelField(queryset=None, label=_("Channel"), empty_label=None)
    address = forms.CharField(label=_("Address of the page"), max_length=2000, strip=True)
    device = forms.ChoiceField(
        label=_("Device"),
        choices=[("desktop", _("Computer")), ("phone", _("Phone")), ("tablet", _("Tablet"))],
        required=False,
    )
    language = forms.CharField(label=_("Language of the browser"), max_length=35, required=False)
    country = forms.CharField(label=_("Country, two letters"), max_length=2, required=False)
    page_views = forms.IntegerField(label=_("Pages seen"), min_value=1, required=False)
    seconds = forms.IntegerField(label=_("Seconds on the site"), min_value=0, required=False)
    referrer = forms.CharField(label=_("Came from"), max_length=2000, required=False)
    returning = forms.BooleanField(label=_("Was here before"), required=False)
    known = forms.BooleanField(label=_("Known contact"), required=False)
    drafts = forms.BooleanField(
        label=_("With the drafts, as if they were published now"),
        required=False,
        help_text=_("Those that are switched off stay so."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = _channels().filter(kind="chat")

    def facts(self) -> Facts:
        data = self.cleaned_data
        return Facts(
            url=data["address"],
            device=data["device"] or "desktop",
            language=data["language"],
            country=data["country"].upper(),
            page_views=data["page_views"] or 1,
            seconds=data["seconds"] or 0,
            referrer=data["referrer"],
            returning=data["returning"],
            known=data["known"],
        )


def _choice(key: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=NAMES[key], choices=list(VALUES[key].items()))


def _switch(key: str, hint: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=NAMES[key], required=False, help_text=hint)


def _text(key: str, hint: Any = "", rows: int = 2) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=NAMES[key], required=False, max_length=1000, help_text=hint, widget=area)


def _number(key: str, least: int, most: int, *, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(label=NAMES[key], min_value=least, max_value=most, required=required)


class DisplayForm(Guarded, forms.Form):
    """DS-2 to DS-4. The first trigger that happens counts; with none it is at once."""

    opens = _choice("opens")
    seconds = _number("seconds", 1, 3600)
    scroll = _number("scroll", 1, 100)
    exit = _switch("exit", _("On computers only: the pointer goes up and out of the page."))
    phone = _choice("phone")

    @staticmethod
    def read(stored: Any) -> dict:
        given = display_of(stored)
        return {"opens": given["opens"], "phone": given["phone"]} | given["triggers"]

    def stored(self) -> dict:
        data = self.cleaned_data
        triggers = {key: data[key] for key in ("exit", "seconds", "scroll")}
        return display_of({"opens": data["opens"], "phone": data["phone"], "triggers": triggers})


class OptionsForm(Guarded, forms.Form):
    """LC-1, LC-5 to LC-7, OP-1 to OP-6. What only bots or only live chats have is left out for the other."""

    welcome = _text("welcome", _("Empty: the greeting of the channel."))
    heading = _choice("heading")
    custom_name = forms.CharField(label=NAMES["custom_name"], required=False, max_length=80)
    people = forms.MultipleChoiceField(
        label=NAMES["people"], required=False, widget=forms.CheckboxSelectMultiple
    )
    teams = forms.MultipleChoiceField(
        label=NAMES["teams"], required=False, widget=forms.CheckboxSelectMultiple
    )
    availability = _choice("availability")
    away = _text("away", _("Empty: what the channel says."))
    typing_delay_ms = _number("typing_delay_ms", 0, 5000, required=True)
    session_minutes = forms.TypedChoiceField(label=NAMES["session_minutes"], coerce=int)
    free_text_tries = _number("free_text_tries", 1, 10, required=True)
    error_text = _text("error_text")
    email_capture = _choice("email_capture")
    email_after_minutes = _number("email_after_minutes", 1, 60, required=True)
    email_required = _switch("email_required")
    email_text = _text("email_text")
    consent = _choice("consent")
    consent_text = _text("consent_text")
    cookies_consent = _switch(
        "cookies_consent", _("Who says no can chat on this page; nothing is remembered.")
    )
    attachments = _switch("attachments")
    knowledge = _switch("knowledge")
    survey = _switch("survey")
    survey_text = _text("survey_text")

    BOT_ONLY = ("availability", "typing_delay_ms", "session_minutes", "free_text_tries", "error_text")
    LIVE_ONLY = (
        "welcome",
        "heading",
        "people",
        "teams",
        "email_capture",
        "email_after_minutes",
        "email_required",
        "email_text",
    )

    def __init__(self, *args, flow: Chatflow, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.LIVE_ONLY if flow.kind == FlowKind.BOT else self.BOT_ONLY:
            del self.fields[name]
        if "session_minutes" in self.fields:
            minutes = sorted({*SESSIONS, self.initial["session_minutes"]})
            self.fields["session_minutes"].choices = [(one, minutes_in_words(one)) for one in minutes]
        if "people" in self.fields:
            people = people_in(flow.channel.inbox)
            self.fields["people"].choices = [(str(one.pk), one.display_name) for one in people]
            self.fields["teams"].choices = [(str(one.pk), one.name) for one in Team.objects.order_by("name")]

    @staticmethod
    def read(stored: Any) -> dict:
        given = options_of(stored)
        return given | {key: [str(one) for one in given[key]] for key in ("people", "teams")}

    def stored(self, before: Any) -> dict:
        """What was chosen, over what stands for fields that this kind does not have."""
        data = dict(self.cleaned_data)
        for key in ("people", "teams"):
            if key in data:
                data[key] = [int(one) for one in data[key]]
        return options_of(options_of(before) | data)
