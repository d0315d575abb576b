"""The form of a letter: what, how often, when, to whom."""

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.letters.write import OVERVIEW
from analytics.models import Every
from analytics.reports import PAGES
from analytics.spell import weekday
from workspaces.models import Member
from workspaces.permissions import Permission
from workspaces.zones import zone_names


class LetterForm(forms.Form):
    what = forms.ChoiceField(label=gettext_lazy("What"))
    every = forms.ChoiceField(label=gettext_lazy("How often"), choices=Every.choices)
    weekday = forms.TypedChoiceField(label=gettext_lazy("On (weekly)"), coerce=int)
    day = forms.IntegerField(label=gettext_lazy("On day (monthly)"), min_value=1, max_value=28)
    hour = forms.TypedChoiceField(label=gettext_lazy("At"), coerce=int)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    readers = forms.ModelMultipleChoiceField(
        label=gettext_lazy("To"), queryset=Member.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    # Of the page that it was set up on, as its address has them.
    query = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
    filtered = forms.BooleanField(required=False, initial=True)

    def __init__(self, *args, dashboards, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        self.dashboards = {f"d{one.pk}": one for one in dashboards}
        own = [(key, one.name) for key, one in self.dashboards.items()]
        pages = [(OVERVIEW, _("Overview")), *((key, str(page.title)) for key, page in PAGES.items())]
        self.fields["what"].choices = [*pages, (_("Dashboards"), own)] if own else pages
        self.fields["weekday"].choices = [(day, weekday(day)) for day in range(7)]
        self.fields["hour"].choices = [(hour, f"{hour:02}:00") for hour in range(24)]
        self.fields["zone"].choices = [(name, name) for name in sorted(zone_names())]
        may = Member.objects.active().filter(workspace=workspace).holding(str(Permission.VIEW_REPORTS))
        self.fields["readers"].queryset = may.by_name()

    def told(self) -> dict:
        """As a letter has it."""
        said = self.cleaned_data
        dashboard = self.dashboards.get(said["what"])
        about = {"dashboard": dashboard, "page": "" if dashboard else said["what"]}
        # A dashboard has its own.
        about["query"] = said["query"] if said["filtered"] and not dashboard else ""
        return about | {name: said[name] for name in ("every", "weekday", "day", "hour", "zone")}


def first_of(letter) -> dict:
    """What the form shows of a letter."""
    return {
        "what": f"d{letter.dashboard_id}" if letter.dashboard_id else letter.page,
        "every": letter.every,
        "weekday": letter.weekday,
        "day": letter.day,
        "hour": letter.hour,
        "zone": letter.zone,
        "query": letter.query,
        "readers": [one.member_id for one in letter.readers.all() if one.stopped_at is None]
        if letter.pk
        else [],
    }


def when_of(letter) -> str:
    """Every Monday at 08:00."""
    at = f"{letter.hour:02}:00"
    if letter.every == Every.WEEK:
        return _("Every week, %(day)s at %(time)s") % {"day": weekday(letter.weekday), "time": at}
    if letter.every == Every.MONTH:
        return _("Every month, on day %(day)s at %(time)s") % {
            "day": formats.number_format(letter.day),
            "time": at,
        }
    return _("Every day at %(time)s") % {"time": at}
