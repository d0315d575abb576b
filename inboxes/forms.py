"""What people set about inboxes and channels."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from inboxes.channel_actions import ALL, OPEN, STAY
from inboxes.models import Inbox
from workspaces.guarded import Guarded
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


class FirstChannelForm(forms.Form):
    """Where customers write first."""

    kind = forms.ChoiceField(choices=[("chat", _("Live chat")), ("email", _("Team email"))], initial="chat")


class DeveloperForm(forms.Form):
    address = forms.EmailField(
        label=_("Or mail it to your developer"),
        max_length=254,
        widget=forms.EmailInput(attrs={"placeholder": "dev@example.com", "autocomplete": "off"}),
    )


class InboxForm(Guarded, forms.Form):
    """What an inbox is called and how it behaves."""

    name = forms.CharField(label=_("Inbox name"), max_length=100, help_text=_("For your team."))
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        required=False,
        help_text=_("Of what we write by ourselves when the customer’s own is not known."),
    )
    signature = forms.CharField(
        label=_("Signature"),
        max_length=2000,
        required=False,
        help_text=_("Under answers by email, where the address has none of its own."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    auto_close_days = forms.IntegerField(
        label=_("Close by itself after so many days without a word"),
        min_value=1,
        max_value=365,
        required=False,
        help_text=_("Empty: never. What waits for your answer is not closed; an answer opens it again."),
    )

    @staticmethod
    def stored(inbox: Inbox) -> dict:
        return {name: getattr(inbox, name) for name in ("name", "language", "signature", "auto_close_days")}

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or self.initial.get("language", "en")


class DeleteInboxForm(forms.Form):
    """Type the name, say where its conversations go (IN-5)."""

    name = forms.CharField(label=_("Type its name"), max_length=100)
    to = forms.ModelChoiceField(label=_("Its conversations go to"), queryset=Inbox.unscoped.none())

    def __init__(self, *args, inbox: Inbox, **kwargs):
        super().__init__(*args, **kwargs)
        self.inbox = inbox
        others = Inbox.objects.exclude(pk=inbox.pk).exclude(leaving__deletes_inbox=True)
        self.fields["to"].queryset = others.order_by("name")

    def clean_name(self) -> str:
        if self.cleaned_data["name"] != self.inbox.name:
            raise forms.ValidationError(_("This is not its name."))
        return self.cleaned_data["name"]


class MoveChannelForm(forms.Form):
    to = forms.ModelChoiceField(label=_("To the inbox"), queryset=Inbox.unscoped.none(), empty_label=None)
    taking = forms.ChoiceField(
        label=_("Its conversations"),
        choices=[
            (OPEN, _("Open and snoozed ones go along")),
            (ALL, _("All go along")),
            (STAY, _("All stay where they are")),
        ],
        initial=OPEN,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, channel, **kwargs):
        super().__init__(*args, **kwargs)
        others = Inbox.objects.exclude(pk=channel.inbox_id).exclude(leaving__deletes_inbox=True)
        self.fields["to"].queryset = others.order_by("name")


class AccessForm(Guarded, forms.Form):
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

    @staticmethod
    def stored(inbox: Inbox) -> dict:
        rows = inbox.access.order_by("pk").values_list("member_id", "team_id")
        return {
            "who": AccessForm.EVERYONE if inbox.open_to_everyone else AccessForm.NAMED,
            "members": sorted(member for member, _team in rows if member),
            "teams": sorted(team for _member, team in rows if team),
        }

    def clean(self):
        data = super().clean()
        if data.get("who") == self.NAMED and not data.get("members") and not data.get("teams"):
            self.add_error("members", _("Choose at least one person or team."))
        return data

    def is_for_everyone(self) -> bool:
        return self.cleaned_data["who"] != self.NAMED

    def named(self) -> dict:
        """Who is let in by name: what actions take."""
        if self.is_for_everyone():
            return {"members": (), "teams": ()}
        return {"members": self.cleaned_data["members"], "teams": self.cleaned_data.get("teams", ())}


class NewInboxForm(AccessForm):
    """Another inbox (IN-2): its name, who has access, and perhaps a first channel."""

    name = forms.CharField(label=_("Inbox name"), max_length=100)
    first = forms.ChoiceField(
        label=_("First channel"),
        choices=[("", _("None yet")), ("chat", _("Live chat")), ("email", _("An email address"))],
        required=False,
        widget=forms.RadioSelect,
    )
    field_order = ["name", "who", "members", "teams", "first"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, initial={"who": self.EVERYONE, "first": ""}, **kwargs)
        self.fields["who"].required = False


class AvailabilityForm(forms.Form):
    availability = forms.ChoiceField(choices=Availability.choices)
    reason = forms.CharField(max_length=60, required=False)


class AvailabilityFilterForm(forms.Form):
    """Which of the people are shown (AV-4)."""

    text = forms.CharField(max_length=100, required=False)
    status = forms.ChoiceField(choices=[("", ""), *Availability.choices], required=False)
    inbox = forms.ChoiceField(required=False)
    team = forms.ChoiceField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = Inbox.objects.order_by("name").values_list("pk", "name")
        self.fields["inbox"].choices = [("", _("Every inbox")), *((str(pk), name) for pk, name in names)]
        teams = Team.objects.order_by("name").values_list("pk", "name")
        self.fields["team"].choices = [("", _("Every team")), *((str(pk), name) for pk, name in teams)]

    def clean_inbox(self) -> int:
        return int(self.cleaned_data["inbox"] or 0)

    def clean_team(self) -> int:
        return int(self.cleaned_data["team"] or 0)


class AwayRulesForm(Guarded, forms.Form):
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
    def of(cls, workspace, data=None, *, most: int = 12) -> "AwayRulesForm":
        """With what is stored now; `data` is what was posted."""
        reasons = "\n".join(workspace.away_reasons)
        stored = {"minutes": workspace.auto_away_after_minutes, "reasons": reasons}
        return cls(data, initial=stored, target=workspace, most=most)

    def clean_reasons(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["reasons"].splitlines() if line.strip()]
        reasons = list(dict.fromkeys(lines))
        if len(reasons) > self.most:
            raise forms.ValidationError(_("No more than %(most)s reasons."), params={"most": self.most})
        if any(len(reason) > 60 for reason in reasons):
            raise forms.ValidationError(_("A reason has 60 characters at most."))
        return reasons
