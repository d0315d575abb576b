"""The matrix of topics and ways, with its master switches and quiet hours."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.models import Preferences
from notifications.topics import Topic, Way
from notifications.wishes import Wishes
from workspaces.guarded import Guarded
from workspaces.labelled import labelled

TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


@dataclass(frozen=True)
class Cell:
    """One tick of the matrix."""

    value: str
    label: str
    on: bool


class PreferencesForm(Guarded, forms.Form):
    """`cells` are the ticks "topic:way", `switches` the ways that are on at all."""

    cells = forms.MultipleChoiceField(
        label=gettext_lazy("What people hear of, and how"),
        choices=[(f"{topic}:{way}", "") for topic in Topic.values for way in Way.values],
        required=False,
    )
    switches = forms.MultipleChoiceField(
        label=gettext_lazy("Everything"), choices=Way.choices, required=False
    )
    quiet_from = forms.TimeField(label=gettext_lazy("Quiet from"), required=False, widget=TIME)
    quiet_to = forms.TimeField(label=gettext_lazy("Quiet until"), required=False, widget=TIME)

    def clean(self):
        given = super().clean()
        if bool(given.get("quiet_from")) != bool(given.get("quiet_to")):
            raise ValidationError(_("Give both hours, or none."))
        return given

    def chosen(self, below: Wishes, topics: list[Topic]) -> dict:
        """What differs from the layer below, so that all else goes on following it (NO-3)."""
        ticked, on = set(self.cleaned_data["cells"]), set(self.cleaned_data["switches"])
        matrix = {
            topic.value: {
                way: is_on
                for way in Way.values
                if (is_on := f"{topic.value}:{way}" in ticked) != below.matrix[topic][way]
            }
            for topic in topics
        }
        return {
            "matrix": {topic: row for topic, row in matrix.items() if row},
            "switches": {way: way in on for way in Way.values if (way in on) != below.switches[way]},
            "quiet": (self.cleaned_data["quiet_from"], self.cleaned_data["quiet_to"]),
        }


def initial_of(row: Preferences | None, wishes: Wishes, topics: list[Topic]) -> dict:
    """What stands in the form: the ticks that hold now, and the quiet hours."""
    return {
        "cells": [
            f"{topic.value}:{way}" for topic in topics for way in Way.values if wishes.matrix[topic][way]
        ],
        "switches": [way for way in Way.values if wishes.switches[way]],
        "quiet_from": row.quiet_from if row else None,
        "quiet_to": row.quiet_to if row else None,
    }


def matrix_of(form: PreferencesForm, topics: list[Topic]) -> list[dict]:
    """The rows of the table: a topic, and a tick for each way; as typed where something was wrong."""
    on = set(form["cells"].value() or ())
    return [
        {
            "topic": topic,
            "label": topic.label,
            "cells": [
                Cell(key := f"{topic.value}:{way.value}", labelled(topic.label, way.label), key in on)
                for way in Way
            ],
        }
        for topic in topics
    ]


def switches_of(form: PreferencesForm) -> list[Cell]:
    on = set(form["switches"].value() or ())
    return [Cell(way.value, str(way.label), way.value in on) for way in Way]


class DeviceForm(forms.Form):
    """What a browser says of itself when it wants to ring."""

    endpoint = forms.CharField(max_length=1000)
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=40)
