"""The form that makes a ticket (TK-4)."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conversations.models import Conversation
from tickets.models import Priority, Stage
from tickets.pipelines import first_stage, in_use
from tickets.queries.people import owners_in
from workspaces.models import Member


class StageChoice(forms.ModelChoiceField):
    """Stages of all pipelines in one list, by pipeline: one choice says both."""

    def __init__(self, pipelines, **kwargs):
        ids = [stage.pk for pipeline in pipelines for stage in pipeline._stages]
        super().__init__(queryset=Stage.objects.filter(pk__in=ids).select_related("pipeline"), **kwargs)
        groups = [(one.name, [(stage.pk, stage.name) for stage in one._stages]) for one in pipelines]
        self.choices = groups if len(groups) > 1 else groups[0][1]


class NewTicketForm(forms.Form):
    """Name, where it begins, how urgent, whose; the description only where there is no conversation to read."""

    name = forms.CharField(label=_("Name"), max_length=300)
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, initial=Priority.MEDIUM)
    description = forms.CharField(
        label=_("Description"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    contact = forms.CharField(
        label=_("Contact"), max_length=300, required=False, help_text=_("Their address or name.")
    )

    def __init__(
        self,
        *args,
        member: Member,
        conversation: Conversation | None = None,
        stage: Stage | None = None,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        pipelines = in_use()
        default = next((one for one in pipelines if one.is_default), pipelines[0])
        start = stage or first_stage(default, for_people=True)
        self.fields["stage"] = StageChoice(
            pipelines, label=_("Stage"), initial=start.pk, error_messages={"required": _("Choose a stage.")}
        )
        people = owners_in(conversation.inbox if conversation else None, member.workspace_id)
        self.fields["owner"] = forms.ModelChoiceField(
            people, label=pgettext_lazy("ticket", "Owner"), required=False, empty_label=_("Nobody")
        )
        if conversation:
            del self.fields["description"], self.fields["contact"]
        order = ["name", "stage", "priority", "owner", "contact", "description"]
        self.order_fields(order)
