"""What people type about themselves, their teams and whom they invite."""

from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from workspaces.models import Member, Team, Theme
from workspaces.permissions import Role
from workspaces.queries import roles_given_by
from workspaces.shortcuts import BY_NAME, MAP, changes, mistakes, normal


def time_zones() -> list[tuple[str, str]]:
    """Every zone with a city, as a person would look for it; UTC first."""
    named = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
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


class ProfileForm(forms.Form):
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
    PERSON = ("name", "language", "time_zone", "theme")
    HERE = ("display_name", "job_title")

    @classmethod
    def of(cls, member: Member, language: str) -> "ProfileForm":
        person = {field: getattr(member.user, field) for field in cls.PERSON}
        here = {field: getattr(member, field) for field in cls.HERE}
        return cls(initial={**person, **here, "language": member.user.language or language})

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


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"), initial=Role.AGENT)
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.unscoped.none(), required=False, empty_label=_("No team")
    )

    def __init__(self, *args, by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_given_by(by)
        self.fields["team"].queryset = Team.objects.order_by("name")
        if not self.fields["team"].queryset.exists():
            del self.fields["team"]


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


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
