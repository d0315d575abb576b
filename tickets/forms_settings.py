"""Forms of pipelines, stages and of what channels do about tickets."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contacts.custom import field_of, fillable, kept
from contacts.models import About
from inboxes.models import Channel
from tickets.models import Pipeline, Priority, Role, Stage
from tickets.pipelines import SWITCHES, automatic, in_use, stages_of
from tickets.presets import preset_of
from workspaces.guarded import Guarded

PLAIN = (
    "name",
    "forbids_skipping",
    "forbids_backwards",
    "owner_goes_both_ways",
    "pauses_close",
    "shows_customers",
)


class NewPipelineForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)


class PipelineForm(Guarded, forms.Form):
    """Name, rules for people (TK-9), and what happens by itself (TK-8): a switch each, with the stage it goes to."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    created_in = forms.MultipleChoiceField(
        label=gettext_lazy("People may create tickets only in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: in every stage."),
    )
    forbids_skipping = forms.BooleanField(label=gettext_lazy("No stage may be skipped"), required=False)
    forbids_backwards = forms.BooleanField(
        label=gettext_lazy("Tickets may not move backwards"), required=False
    )
    owner_goes_both_ways = forms.BooleanField(
        label=gettext_lazy("Whoever is given a ticket is given its conversations too"),
        required=False,
        help_text=gettext_lazy("The other way round it is always so."),
    )
    pauses_close = forms.BooleanField(
        label=gettext_lazy("The time to close stands still while we wait for the contact"), required=False
    )

    shows_customers = forms.BooleanField(
        label=gettext_lazy("Customers may look at their tickets"),
        required=False,
        help_text=gettext_lazy(
            "By a link that you give them, or in the chat where your site says who they are: number, name, status and what was "
            "written to each other. Nothing internal."
        ),
    )

    def __init__(self, *args, target: Pipeline, **kwargs):
        super().__init__(*args, target=target, initial=self.read(target), **kwargs)
        stages = [(str(stage.pk), stage.name) for stage in stages_of(target)]
        self.fields["created_in"].choices = stages
        for switch in SWITCHES.values():
            self.fields[f"on_{switch.key}"] = forms.BooleanField(label=switch.label, required=False)
            if switch.role:
                self.fields[f"to_{switch.key}"] = forms.ChoiceField(
                    label=_("Goes to"), choices=stages, required=False
                )

    @staticmethod
    def read(pipeline: Pipeline) -> dict[str, Any]:
        plain = PLAIN
        values: dict[str, Any] = {name: getattr(pipeline, name) for name in plain}
        values["created_in"] = [str(pk) for pk in pipeline.created_in]
        for key in SWITCHES:
            told = automatic(pipeline, key)
            values[f"on_{key}"] = told.on
            values[f"to_{key}"] = str(told.stage.pk) if told.stage else ""
        return values

    def switches(self) -> list[dict]:
        """The pairs of fields as the page draws them."""
        return [
            {"on": self[f"on_{key}"], "to": self[f"to_{key}"] if f"to_{key}" in self.fields else None}
            for key in SWITCHES
        ]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        plain = PLAIN
        automation: dict[str, dict] = {}
        for key in SWITCHES:
            automation[key] = {"on": data[f"on_{key}"]}
            if data.get(f"to_{key}"):
                automation[key]["stage"] = int(data[f"to_{key}"])
        created_in = [int(pk) for pk in data["created_in"]]
        return {name: data[name] for name in plain} | {"created_in": created_in, "automation": automation}


class NewStageForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    is_closed = forms.BooleanField(label=gettext_lazy("Closes tickets"), required=False)


class StageForm(Guarded, forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    is_closed = forms.BooleanField(
        label=gettext_lazy("Closes tickets"),
        required=False,
        help_text=gettext_lazy(
            "Tickets that stand here are closed or open at once; their conversations stay as they are."
        ),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Stands for"),
        required=False,
        choices=[("", pgettext_lazy("stage", "Nothing in particular")), *Role.choices],
        help_text=gettext_lazy("What happens by itself goes to the first stage that stands for it."),
    )
    customer_name = forms.CharField(
        label=gettext_lazy("Customers read"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("On their status page. Empty: plain words for what the stage stands for."),
    )


class RemovalForm(forms.Form):
    """Where the tickets of a stage go."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("Its tickets go to"), queryset=Stage.unscoped.none(), required=False
    )

    def __init__(self, *args, stage: Stage, **kwargs):
        super().__init__(*args, **kwargs)
        others = Stage.objects.filter(pipeline=stage.pipeline_id).exclude(pk=stage.pk)
        self.fields["to"].queryset = others.order_by("position", "pk")


class PresetForm(Guarded, forms.Form):
    """What a channel does about tickets (TK-5); a workspace's own properties may be filled in beforehand too."""

    on = forms.BooleanField(
        label=gettext_lazy("Create a ticket for each new conversation"),
        required=False,
        help_text=gettext_lazy("Not for spam and automatic mail; for what is brought back from there, then."),
    )
    stage = forms.ChoiceField(label=gettext_lazy("Begins in"), required=False)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), choices=Priority.choices)
    category = forms.CharField(label=gettext_lazy("Category"), max_length=60, required=False)

    def __init__(self, *args, target: Channel, **kwargs):
        super().__init__(*args, target=target, initial=self.read(target), **kwargs)
        self.fields["stage"].choices = [
            ("", _("The usual pipeline, from its beginning")),
            *((line.name, [(str(stage.pk), stage.name) for stage in stages_of(line)]) for line in in_use()),
        ]
        filled = preset_of(target).custom
        self.own = fillable(About.TICKET)
        for one in self.own:
            self.fields[one.key] = field_of(one)
            self.fields[one.key].required = False
            self.initial[one.key] = filled.get(one.key)

    @staticmethod
    def read(channel: Channel) -> dict[str, Any]:
        preset = preset_of(channel)
        return {
            "on": preset.on,
            "stage": str(preset.stage.pk) if preset.stage else "",
            "priority": preset.priority,
            "category": preset.category,
        }

    def preset(self) -> dict[str, Any]:
        data = self.cleaned_data
        told = {"on": data["on"], "priority": data["priority"], "category": data["category"]}
        if data["stage"]:
            stage = Stage.objects.get(pk=data["stage"])
            told |= {"pipeline": stage.pipeline_id, "stage": stage.pk}
        custom = {one.key: kept(data[one.key]) for one in self.own}
        return told | {
            "custom": {key: value for key, value in custom.items() if value not in (None, "", [], False)}
        }
