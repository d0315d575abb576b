"""How a workspace defines properties of its own."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.companies import check_domain
from contacts.custom import read_options
from contacts.models import About, ByDomain, PropertyDefinition, Sort
from contacts.phones import countries
from workspaces.guarded import Guarded

ABOUTS = About.choices
WITH_LIST = (Sort.CHOICE, Sort.MANY)


class DefinitionForm(Guarded, forms.Form):
    label = forms.CharField(label=_("Name"), max_length=60)
    options = forms.CharField(
        label=_("Choices, one per line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A value that is taken off the list stays where it was chosen."),
    )
    position = forms.IntegerField(label=_("Place"), min_value=1, max_value=999, initial=1)
    is_required = forms.BooleanField(label=_("Must be filled in"), required=False)
    in_sidebar = forms.BooleanField(label=_("Shown beside a conversation"), required=False, initial=True)

    def __init__(self, *args, sort: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.sort = sort
        if sort and sort not in WITH_LIST:
            del self.fields["options"]

    @classmethod
    def values_of(cls, one: PropertyDefinition) -> dict:
        names = ("label", "position", "is_required", "in_sidebar")
        return {name: getattr(one, name) for name in names} | {"options": "\n".join(one.options)}

    def clean_options(self) -> list[str]:
        return read_options(self.cleaned_data["options"])

    def clean(self):
        data = super().clean()
        sort = data.get("sort") or self.sort
        if sort in WITH_LIST and not data.get("options") and "options" not in self.errors:
            self.add_error("options", _("Write at least one choice."))
        return data


class NewDefinitionForm(DefinitionForm):
    about = forms.ChoiceField(label=_("Of"), choices=ABOUTS)
    sort = forms.ChoiceField(label=_("Holds"), choices=Sort.choices)
    field_order = ("label", "about", "sort", "options")

    def clean(self):
        data = super().clean()
        if data.get("sort") == Sort.MEMBER and data.get("about") != About.TICKET:
            self.add_error("sort", _("Only properties of tickets hold somebody of the team."))
        return data


class CompanyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    domain = forms.CharField(
        label=_("Domain"),
        max_length=253,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "company.com"}),
        help_text=_(
            "Whoever writes from an address of this domain for the first time joins the company. Free mail addresses say nothing of a company."
        ),
    )

    def clean_domain(self) -> str:
        return check_domain(self.cleaned_data["domain"])


class WaysForm(Guarded, forms.Form):
    """How numbers are read, and what an address says of the company."""

    country = forms.ChoiceField(
        label=_("Country of phone numbers"),
        required=False,
        help_text=_("Numbers that are typed without a country are read as numbers of this one."),
    )
    by_domain = forms.ChoiceField(
        label=_("Who writes for the first time"), choices=ByDomain.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", _("None: they stay as typed")), *countries()]
