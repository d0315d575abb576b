"""What people set about inboxes and channels."""

from django import forms
from django.utils.translation import gettext_lazy as _

from inboxes.models import Inbox
from workspaces.models import Availability, Member, Team


class WelcomeForm(forms.Form):
    """The least that a workspace needs."""

    name = forms.CharField(
        label=_("Name of your workspace"),
        max_length=100,
        help_text=_("Usually the name of your company."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    inbox_name = forms.CharField(
        label=_("Name of your first inbox"),
        max_length=100,
        initial=_("Support"),
        help_text=_("You can add more later, for example one for sales."),
    )
    # The browser's zone, when its script runs; the server checks it like any other input.
    time_zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class InboxForm(forms.Form):
    name = forms.CharField(label=_("Inbox name"), max_length=100)


class AccessForm(forms.Form):
    """Everyone, or the named ones."""

    EVERYONE, NAMED = "everyone", "named"

    who = forms.ChoiceField(
        label=_("Who has access"),
        choices=[
            (EVERYONE, _("Everyone in the workspace, also future members")),
            (NAMED, _("Only these people and teams")),
        ],
        widget=forms.RadioSelect,
    )
    members = forms.ModelMultipleChoiceField(
        label=_("People"),
        queryset=Member.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    teams = forms.ModelMultipleChoiceField(
        label=_("Teams"),
        queryset=Team.unscoped.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = Member.objects.active().filter(workspace=workspace).by_name()
        self.fields["teams"].queryset = Team.objects.order_by("name")
        if not self.fields["teams"].queryset.exists():
            del self.fields["teams"]

    @classmethod
    def of(cls, inbox: Inbox) -> "AccessForm":
        rows = inbox.access.values_list("member_id", "team_id")
        initial = {
            "who": cls.EVERYONE if inbox.open_to_everyone else cls.NAMED,
            "members": [member for member, _team in rows if member],
            "teams": [team for _member, team in rows if team],
        }
        return cls(initial=initial, workspace=inbox.workspace)

    def clean(self):
        data = super().clean()
        if data.get("who") == self.NAMED and not data.get("members") and not data.get("teams"):
            self.add_error("members", _("Choose at least one person or team."))
        return data

    def is_for_everyone(self) -> bool:
        return self.cleaned_data["who"] == self.EVERYONE


class AvailabilityForm(forms.Form):
    availability = forms.ChoiceField(choices=Availability.choices)
    reason = forms.CharField(max_length=60, required=False)


class AvailabilityFilterForm(forms.Form):
    """Which of the people are shown (AV-4)."""

    text = forms.CharField(max_length=100, required=False)
    status = forms.ChoiceField(choices=[("", ""), *Availability.choices], required=False)
    inbox = forms.ChoiceField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = Inbox.objects.order_by("name").values_list("pk", "name")
        self.fields["inbox"].choices = [("", _("Every inbox")), *((str(pk), name) for pk, name in names)]

    def clean_inbox(self) -> int:
        return int(self.cleaned_data["inbox"] or 0)


class AwayRulesForm(forms.Form):
    """What the workspace decides about being away."""

    minutes = forms.IntegerField(
        label=_("Set away who was not here for so many minutes"),
        min_value=5,
        max_value=1440,
        required=False,
        help_text=_("Not here: no window of Parley is open. Empty: never."),
    )
    reasons = forms.CharField(
        label=_("Reasons to choose from, one per line"),
        max_length=800,
        required=False,
        help_text=_("Empty: lunch, break, meeting, training."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, most: int = 12, **kwargs):
        super().__init__(*args, **kwargs)
        self.most = most

    @classmethod
    def of(cls, workspace) -> "AwayRulesForm":
        reasons = "\n".join(workspace.away_reasons)
        return cls(initial={"minutes": workspace.auto_away_after_minutes, "reasons": reasons})

    def clean_reasons(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["reasons"].splitlines() if line.strip()]
        reasons = list(dict.fromkeys(lines))
        if len(reasons) > self.most:
            raise forms.ValidationError(_("No more than %(most)s reasons."), params={"most": self.most})
        if any(len(reason) > 60 for reason in reasons):
            raise forms.ValidationError(_("A reason has 60 characters at most."))
        return reasons
