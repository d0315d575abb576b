"""What people type about themselves, their teams and whom they invite."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from workspaces.guarded import Guarded
from workspaces.models import Member, Team, Theme
from workspaces.pictures import square
from workspaces.shortcuts import BY_NAME, MAP, changes, mistakes, normal
from workspaces.zones import zone_names


def time_zones() -> list[tuple[str, str]]:
    """Every zone with a city, as a person would look for it; UTC first."""
    named = sorted(name for name in zone_names() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in named)]


class NameForm(forms.Form):
    """What signing up asks besides address and password; allauth adds those."""

    field_order = ("name", "email", "password1")

    name = forms.CharField(
        label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )

    def signup(self, request, user) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


SPOKEN = [
    "ar",
    "bg",
    "ca",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "et",
    "fa",
    "fi",
    "fr",
    "he",
    "hi",
    "hr",
    "hu",
    "id",
    "it",
    "ja",
    "ko",
    "lt",
    "lv",
    "nb",
    "nl",
    "pl",
    "pt",
    "ro",
    "ru",
    "sk",
    "sl",
    "sr",
    "sv",
    "th",
    "tr",
    "uk",
    "vi",
    "zh-hans",
]
MOST_SKILLS, LONGEST_SKILL = 30, 40


def spoken_languages() -> list[tuple[str, str]]:
    names = [(code.partition("-")[0], get_language_info(code)["name_translated"]) for code in SPOKEN]
    return sorted(((code, str(name).capitalize()) for code, name in names), key=lambda pair: pair[1])


class ProfileForm(Guarded, forms.Form):
    """A person, and who they are in this workspace."""

    name = forms.CharField(
        label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    display_name = forms.CharField(
        label=_("Name that customers see"), max_length=100, help_text=_("In this workspace only.")
    )
    job_title = forms.CharField(label=_("Job title"), max_length=100, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("PNG, JPEG, WebP or GIF up to 5 MB. It is cut square."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )
    no_picture = forms.BooleanField(label=_("Show my initials instead"), required=False)
    phone = forms.RegexField(
        r"^\+?[0-9 ()./-]{4,31}$",
        label=_("Phone"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=_("For colleagues. Optional."),
        error_messages={"invalid": _("Write digits, spaces and + alone.")},
    )
    meeting_url = forms.URLField(
        label=_("Meeting link"),
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=_("Where customers book a time with you; it begins with https://"),
    )
    meeting_text = forms.CharField(
        label=_("Words of the meeting link"),
        max_length=60,
        required=False,
        help_text=_("Book a time with me"),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you answer in"),
        required=False,
        choices=spoken_languages,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    skills = forms.CharField(
        label=_("What you know about"),
        required=False,
        max_length=1300,
        help_text=_("Words with commas between them, such as billing, repairs."),
    )
    PERSON = ("name", "language", "time_zone", "theme")
    HERE = ("display_name", "job_title", "phone", "meeting_url", "meeting_text", "languages", "skills")

    @classmethod
    def of(cls, member: Member, language: str, data=None, files=None) -> "ProfileForm":
        person = {field: getattr(member.user, field) for field in cls.PERSON}
        here = {field: getattr(member, field) for field in cls.HERE}
        here["skills"] = ", ".join(member.skills)
        stored = {**person, **here, "language": member.user.language or language}
        return cls(data, files, initial=stored, target=member)

    def clean_meeting_url(self) -> str:
        address = self.cleaned_data["meeting_url"]
        if address and not address.startswith("https://"):
            raise ValidationError(_now("The link begins with https://"))
        return address

    def clean_skills(self) -> list[str]:
        words = (
            " ".join(word.lower().split())[:LONGEST_SKILL] for word in self.cleaned_data["skills"].split(",")
        )
        return list(dict.fromkeys(word for word in words if word))[:MOST_SKILLS]

    def clean_picture(self) -> bytes | None:
        upload = self.cleaned_data["picture"]
        return square(upload) if upload else None

    def person(self) -> dict:
        return {field: self.cleaned_data[field] for field in self.PERSON}

    def here(self) -> dict:
        return {field: self.cleaned_data[field] for field in self.HERE}


class ShortcutsForm(forms.Form):
    """The keys of a person: one field for each action that may have another key."""

    shortcuts_on = forms.BooleanField(
        label=_("Single keys are on"),
        required=False,
        help_text=_("Switch them off if you dictate. Ctrl K and Ctrl Enter always work."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for shortcut in MAP:
            if not shortcut.fixed:
                attrs = {"class": "input input--key", "autocomplete": "off", "autocapitalize": "none"}
                widget = forms.TextInput(attrs={**attrs, "spellcheck": "false", "size": 8})
                self.fields[shortcut.name] = forms.CharField(
                    label=shortcut.label, max_length=20, initial=shortcut.key, required=False, widget=widget
                )

    @classmethod
    def of(cls, user) -> "ShortcutsForm":
        return cls(initial={**user.shortcuts, "shortcuts_on": user.shortcuts_on})

    def clean(self):
        """Conflicts are refused, each at the field that would take another's key. An empty field is the usual key."""
        given = {name: normal(key) for name, key in self.cleaned_data.items() if name != "shortcuts_on"}
        typed = {name: key or BY_NAME[name].key for name, key in given.items()}
        self.cleaned_data.update(typed)
        found = mistakes(typed)
        for name in [name for name in typed if name in found]:
            self.add_error(name, found[name])
        return self.cleaned_data

    def changes(self) -> dict[str, str]:
        return changes({name: key for name, key in self.cleaned_data.items() if name != "shortcuts_on"})


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Team name"), max_length=100)


class PlaceForm(forms.Form):
    """Somebody to put into a team."""

    member = forms.ModelChoiceField(
        label=_("Person"), queryset=Member.objects.none(), empty_label=_("Choose a person")
    )

    def __init__(self, *args, team: Team, **kwargs):
        super().__init__(*args, **kwargs)
        here = Member.objects.active().filter(workspace_id=team.workspace_id)
        self.fields["member"].queryset = here.exclude(places__team=team).by_name()
