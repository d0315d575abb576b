"""What people set about a form: its texts, one field, and how its channel behaves."""

from dataclasses import replace

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from channels_app.form import gate
from channels_app.form.definition import (
    CHOOSES,
    KEY,
    OPERATORS,
    TAKEN,
    Condition,
    Field,
    Form,
    before,
    is_web,
)
from channels_app.form.editing import not_listed
from channels_app.form.fields import MB, SORTS
from channels_app.form.people import WRITABLE
from contacts.custom import fillable, read_options
from contacts.models import About
from contacts.properties import BY_KEY
from conversations import answers
from conversations.files import VISITOR
from inboxes.colours import ACCENT, HEX
from inboxes.models import Channel
from inboxes.origins import NotASite, read_sites
from workspaces.guarded import Guarded
from workspaces.labelled import labelled

LTR = {"spellcheck": "false", "dir": "ltr"}
EMAIL = ("email", _("Email, and where answers go"))
NO_KEY = _("Use small letters, digits and _, beginning with a letter.")


class TextsForm(Guarded, forms.Form):
    """What a form says around its fields."""

    title = forms.CharField(label=_("Title"), max_length=200)
    intro = forms.CharField(
        label=_("Words above the fields"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    columns = forms.BooleanField(
        label=_("Two columns"),
        required=False,
        help_text=_("On wide screens, fields marked as half stand side by side."),
    )
    button = forms.CharField(
        label=_("Word on the button"), max_length=60, required=False, help_text=_("Empty: Send.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    subject = forms.ChoiceField(
        label=_("Subject of the conversation"),
        required=False,
        help_text=_("What your team sees in its list."),
    )
    thanks = forms.CharField(
        label=_("Words after it was sent"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    redirect = forms.CharField(
        label=_("Or go to this page"),
        max_length=1000,
        required=False,
        widget=forms.TextInput(attrs=LTR),
        help_text=_("On one of the form’s sites, which you list under Settings."),
    )

    def __init__(self, *args, form: Form, channel: Channel, **kwargs):
        super().__init__(*args, target=channel, **kwargs)
        words = [(one.key, one.label) for one in form.fields if one.kind in ("text", "choice")]
        self.channel = channel
        self.fields["subject"].choices = [("", _("The title of the form")), *words]

    @staticmethod
    def stored(form: Form) -> dict:
        return {name: getattr(form, name) for name in TextsForm.base_fields}

    def clean_redirect(self) -> str:
        page = self.cleaned_data["redirect"].strip()
        if page and not is_web(page):
            raise forms.ValidationError(_("Write the whole address, beginning with https://."))
        if page and not_listed(self.channel, page):
            raise forms.ValidationError(
                _("This page is on none of the form’s sites. List its site under Settings first.")
            )
        return page

    def applied_to(self, form: Form) -> Form:
        return replace(form, **self.cleaned_data)


class FieldForm(Guarded, forms.Form):
    """One field. What its kind has no use for is not asked."""

    label = forms.CharField(label=_("Label"), max_length=200)
    help = forms.CharField(label=_("Help below it"), max_length=300, required=False)
    required = forms.BooleanField(label=_("Must be filled in"), required=False)
    half = forms.BooleanField(label=_("Half as wide"), required=False)
    options = forms.CharField(
        label=_("Choices, one per line"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    least = forms.CharField(
        label=_("At least"), max_length=20, required=False, widget=forms.TextInput(attrs=LTR)
    )
    most = forms.CharField(
        label=_("At most"), max_length=20, required=False, widget=forms.TextInput(attrs=LTR)
    )
    text = forms.CharField(
        label=_("What is agreed to"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept word for word with each answer, and when it was given."),
    )
    value = forms.CharField(
        label=_("Value"),
        max_length=500,
        required=False,
        help_text=_("When the address of the page names none."),
    )
    maps_to = forms.ChoiceField(
        label=_("Write it down as"),
        required=False,
        help_text=_(
            "On a contact only when they are new, or once the person has answered from the address they gave; on a company that was there before only then."
        ),
    )
    key = forms.CharField(
        label=_("Name in posts"),
        max_length=40,
        widget=forms.TextInput(attrs=LTR),
        help_text=_("For your own HTML form or JSON."),
    )
    shown_field = forms.ChoiceField(label=_("Show it only when this field"), required=False)
    shown_op = forms.ChoiceField(label=_("Condition"), choices=list(OPERATORS.items()), required=False)
    shown_value = forms.CharField(label=_("Answer"), max_length=200, required=False)

    def __init__(self, *args, form: Form, one: Field, channel: Channel, **kwargs):
        super().__init__(*args, target=channel, **kwargs)
        self.form, self.one = form, one
        earlier = [form.get(key) for key in before(form, one)]
        self.fields["shown_field"].choices = [
            ("", _("Always")),
            *((each.key, each.label) for each in earlier if each),
        ]
        self.fields["maps_to"].choices = _targets(one)
        if one.kind == "file":
            self._ask_about_files()
        self._ask_in_the_words_of(one.kind)
        for name in set(self.fields) - _used(one, bool(earlier)):
            del self.fields[name]

    def _ask_about_files(self) -> None:
        largest = VISITOR.size // MB
        sorts = [("", _("Pictures, documents and archives")), *SORTS.items()]
        self.fields["value"] = forms.ChoiceField(label=_("What may be sent"), choices=sorts, required=False)
        self.fields["most"] = forms.IntegerField(
            label=_("MB at most"), min_value=1, max_value=largest, required=False
        )

    def _ask_in_the_words_of(self, kind: str) -> None:
        """What is least and most: so many characters, a number, a day."""
        least, most = self.fields["least"], self.fields["most"]
        if kind in ("text", "long"):
            least.label, most.label = _("Fewest characters"), _("Most characters")
            least.widget.attrs["inputmode"] = most.widget.attrs["inputmode"] = "numeric"
        elif kind == "date":
            least.label, most.label = _("Not before"), _("Not after")
            least.widget = forms.DateInput(attrs={"type": "date"})
            most.widget = forms.DateInput(attrs={"type": "date"})

    @staticmethod
    def stored(one: Field) -> dict:
        names = ("label", "help", "required", "half", "least", "most", "text", "value", "maps_to", "key")
        rule = one.shown_if or Condition("", "is")
        told = {"options": "\n".join(one.options), "shown_field": rule.field, "shown_op": rule.op}
        return {name: getattr(one, name) for name in names} | told | {"shown_value": rule.value}

    def clean_options(self) -> list[str]:
        options = read_options(self.cleaned_data["options"])
        if not options:
            raise forms.ValidationError(_("Give something to choose."))
        return options

    def clean_key(self) -> str:
        key = self.cleaned_data["key"].strip()
        others = {one.key for one in self.form.fields} - {self.one.key}
        if not KEY.fullmatch(key):
            raise forms.ValidationError(NO_KEY)
        if key in others | TAKEN:
            raise forms.ValidationError(_("This name is taken."))
        return key

    def changed(self) -> Field:
        data = dict(self.cleaned_data)
        field, op, value = (data.pop(f"shown_{name}", "") for name in ("field", "op", "value"))
        if "most" in data:  # a number where it was asked as one
            data["most"] = "" if data["most"] is None else str(data["most"])
        if "options" in data:
            data["options"] = tuple(data["options"])
        return replace(self.one, shown_if=Condition(field, op or "is", value) if field else None, **data)


def _used(one: Field, has_earlier: bool) -> set[str]:
    """What is asked about a kind of field."""
    if one.kind == "hidden":
        return {"label", "value", "maps_to", "key"}
    used = {"label", "help", "required", "half", "key"}
    used |= {"shown_field", "shown_op", "shown_value"} if has_earlier else set()
    used |= {"options"} if one.kind in CHOOSES else set()
    used |= {"least", "most"} if one.kind in ("text", "long", "number", "date") else set()
    used |= {"text"} if one.kind == "consent" else set()
    used |= {"value", "most"} if one.kind == "file" else set()
    return used if one.kind in ("file", "consent") else used | {"maps_to"}


def _targets(one: Field) -> list[tuple[str, object]]:
    """What an answer may be written on: the contact, their company, the conversation, the ticket."""
    nothing = ("", _("Nothing: it stands in the conversation only"))
    return [nothing, *_of_people(one), *answers.choices()]


def _of_people(one: Field | None) -> list[tuple[str, list]]:
    """The properties of the contact, and those that the workspace made for companies; the company's name is the contact's."""
    company = [(own.key, own.label) for own in fillable(About.COMPANY)]
    return [(About.CONTACT.label, _of_contact(one)), *([(About.COMPANY.label, company)] if company else [])]


def _of_contact(one: Field | None) -> list[tuple[str, object]]:
    contact: list[tuple[str, object]] = [(key, BY_KEY[key].label) for key in WRITABLE]
    if one and one.kind == "email":
        contact = [EMAIL]
    return contact + [(own.key, own.label) for own in fillable(About.CONTACT)]


def written_on(form: Form) -> dict[str, str]:
    """Where the answer to each field goes, in words: {"haste": "Ticket: Priority"}; without those that go nowhere else."""
    groups = [(About.CONTACT.label, [EMAIL]), *_of_people(None), *answers.choices()]
    words = {key: labelled(about, label) for about, found in groups for key, label in found}
    return {one.key: words[one.maps_to] for one in form.fields if one.maps_to in words}


class SettingsForm(Guarded, forms.Form):
    """How the channel of a form behaves."""

    name = forms.CharField(label=_("Name of this form"), max_length=100, help_text=_("For your team."))
    reply_from = forms.ChoiceField(label=_("Answers leave by"), required=False)
    acknowledge = forms.BooleanField(
        label=_("Tell people by email that it has arrived"),
        required=False,
        help_text=_("In our fixed words, which hold nothing of what was typed."),
    )
    automation = forms.BooleanField(label=_("Rules act on what comes in"), required=False)
    sites = forms.CharField(
        label=_("Sites that show or send this form, one per line"),
        required=False,
        max_length=5000,
        help_text=_("For example https://www.shop.example. The form’s own page works without."),
        widget=forms.Textarea(attrs={"rows": 3, **LTR}),
    )
    challenge = forms.ChoiceField(
        label=_("Proof that it is no program"),
        choices=[
            (gate.BUSY, _("When it is sent more than 2,000 times a day")),
            (gate.ALWAYS, _("Always")),
            (gate.NEVER, _("Never: it closes at 2,000 a day")),
        ],
        help_text=_(
            "The browser works for about a second; nobody has to read a picture. It needs JavaScript."
        ),
    )
    accent = forms.RegexField(
        HEX, label=_("Colour"), required=False, widget=forms.TextInput(attrs={"type": "color"})
    )
    theme = forms.ChoiceField(
        label=_("Background"),
        choices=[("auto", _("As the visitor’s device")), ("light", _("Light")), ("dark", _("Dark"))],
    )

    def __init__(self, *args, channel: Channel, **kwargs):
        super().__init__(*args, target=channel, **kwargs)
        mail = Channel.objects.active().filter(kind="email").order_by("name", "pk")
        addresses = [(str(row.pk), row.identifier) for row in mail]
        self.fields["reply_from"].choices = [("", _("The address of the inbox")), *addresses]

    @staticmethod
    def stored(channel: Channel) -> dict:
        config = channel.config
        return {
            "name": channel.name,
            "reply_from": str(config.get("reply_from") or ""),
            "acknowledge": bool(config.get("acknowledge")),
            "automation": config.get("automation") is not False,
            "sites": "\n".join(config.get("sites", [])),
            "challenge": config.get("challenge", gate.BUSY),
            "accent": config.get("accent") or ACCENT,
            "theme": config.get("theme", "auto"),
        }

    def clean_sites(self) -> list[str]:
        try:
            return read_sites(self.cleaned_data["sites"])
        except NotASite as line:
            raise forms.ValidationError(
                _("“%(line)s” is not the address of a site."), params={"line": str(line)[:100]}
            ) from None

    def config(self) -> dict:
        data = {name: value for name, value in self.cleaned_data.items() if name != "name"}
        return data | {"reply_from": int(data["reply_from"]) if data["reply_from"] else None}
