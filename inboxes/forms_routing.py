"""What people set about who gets what comes in by a channel."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inboxes import queries
from inboxes.models import Channel, OwnerFallback, RoutingMode, RoutingRule, Strategy
from inboxes.routing import rule_of
from workspaces.forms import spoken_languages
from workspaces.guarded import Guarded
from workspaces.models import Member, Team
from workspaces.permissions import Permission

PLAIN = (
    "mode",
    "strategy",
    "owner_fallback",
    "match_language",
    "reroute_reopened_if_owner_away",
    "drain_queue_on_available",
    "reassign_unanswered_after_minutes",
)
MOST_SKILLS = 10


class RoutingForm(Guarded, forms.Form):
    mode = forms.ChoiceField(
        label=_("A new conversation goes to"), choices=RoutingMode.choices, widget=forms.RadioSelect
    )
    owner_fallback = forms.ChoiceField(
        label=_("When the owner cannot take it"), choices=OwnerFallback.choices, required=False
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
        help_text=_("Of a team, those whose main team it is."),
    )
    strategy = forms.ChoiceField(label=_("Among them"), choices=Strategy.choices, required=False)
    match_language = forms.BooleanField(
        label=_("Only to people who speak the language of the customer"),
        required=False,
        help_text=_("As far as it is known. Who speaks what stands in everybody's profile."),
    )
    skills = forms.CharField(
        label=_("Skills that are asked for, with commas between"),
        max_length=300,
        required=False,
        help_text=_("Only people who have all of them get it. Empty: none."),
    )
    drain_queue_on_available = forms.BooleanField(
        label=_("Hand out what waits when somebody becomes available"),
        required=False,
        help_text=_("Longest waiting first, up to as many as they take; five for those without a limit."),
    )
    reroute_reopened_if_owner_away = forms.BooleanField(
        label=_("Look for somebody else when a closed one opens again while its owner is away"),
        required=False,
    )
    reassign_unanswered_after_minutes = forms.IntegerField(
        label=_("Give it to somebody else after so many minutes without a first answer"),
        min_value=1,
        max_value=1440,
        required=False,
        help_text=_("Empty: never. With nobody else there it stays."),
    )

    def __init__(self, *args, channel: Channel, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = self.initial.get("members", [])
        self.fields["members"].queryset = workers_or(channel, chosen)
        self.fields["teams"].queryset = Team.objects.order_by("name")
        if not self.fields["teams"].queryset.exists():
            del self.fields["teams"]

    @classmethod
    def of(cls, channel: Channel, data=None) -> "RoutingForm":
        """With what is stored now; `data` is what was posted."""
        rule = rule_of(channel)
        return cls(data, initial=values_of(rule), target=rule, channel=channel)

    def clean_strategy(self) -> str:
        return self.cleaned_data["strategy"] or str(Strategy.ROUND_ROBIN.value)

    def clean_owner_fallback(self) -> str:
        return self.cleaned_data["owner_fallback"] or str(OwnerFallback.UNASSIGNED.value)

    def clean_skills(self) -> list[str]:
        words = words_of(self.cleaned_data["skills"])
        if len(words) > MOST_SKILLS:
            raise forms.ValidationError(_("No more than %(most)s skills."), params={"most": MOST_SKILLS})
        return words

    def clean(self):
        data = super().clean()
        rule = RoutingRule(mode=data.get("mode", ""), owner_fallback=data.get("owner_fallback", ""))
        if rule.names_people() and not data.get("members") and not data.get("teams"):
            self.add_error("members", _("Choose at least one person or team."))
        return data

    def settings(self) -> dict:
        """For set_rule()."""
        data = self.cleaned_data
        named = {"members": data["members"], "teams": data.get("teams", ())}
        return {name: data[name] for name in (*PLAIN, "skills")} | named


def values_of(rule: RoutingRule | None) -> dict:
    rule = rule or RoutingRule()
    values = {name: getattr(rule, name) for name in PLAIN} | {"skills": ", ".join(rule.skills)}
    rows = list(rule.targets.values_list("member_id", "team_id")) if rule.pk else []
    return values | {
        "members": [member for member, _team in rows if member],
        "teams": [team for _member, team in rows if team],
    }


def workers_or(channel: Channel, chosen: list[int]):
    """Who works in the inbox, and who is named already: nobody disappears from a rule unseen."""
    working = queries.people_in(channel.inbox).holding(Permission.WORK)
    return Member.objects.filter(Q(pk__in=working.values("pk")) | Q(pk__in=chosen)).by_name()


class TakerForm(Guarded, forms.Form):
    """What a member can be given (AC-5, AV-10)."""

    can_be_auto_assigned = forms.BooleanField(
        label=_("Conversations are given to them automatically"),
        required=False,
        help_text=_("Without it they take and answer by hand."),
    )
    max_open = forms.IntegerField(
        label=_("How many open conversations they hold at most"),
        min_value=0,
        max_value=999,
        required=False,
        help_text=_("Beyond that nothing more is given to them automatically. Empty: any number."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages they answer in"),
        required=False,
        choices=spoken_languages,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    skills = forms.CharField(
        label=_("What they know about"),
        max_length=300,
        required=False,
        help_text=_("Words with commas between them, such as billing, repairs."),
    )

    @classmethod
    def of(cls, member: Member, data=None) -> "TakerForm":
        stored = {name: getattr(member, name) for name in cls.base_fields}
        return cls(data, initial=stored | {"skills": ", ".join(member.skills)}, target=member)

    def clean_skills(self) -> list[str]:
        return words_of(self.cleaned_data["skills"])


def words_of(text: str) -> list[str]:
    """Skills are compared as words: small letters, each once."""
    words = (" ".join(word.lower().split())[:40] for word in text.split(","))
    return list(dict.fromkeys(word for word in words if word))
