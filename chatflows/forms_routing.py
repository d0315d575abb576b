"""Who gets what begins with a chatflow (LC-4): the fields of a channel's rule, and the choice to leave it to that one."""

from django.utils.translation import gettext_lazy as _

from chatflows.models import Chatflow
from inboxes.forms_routing import RoutingForm, values_of
from inboxes.models import RoutingMode
from inboxes.routing import drop_rule_of_flow, rule_of_flow, set_rule_of_flow

AS_CHANNEL = "channel"


class FlowRoutingForm(RoutingForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["mode"].choices = [(AS_CHANNEL, _("As its channel does")), *RoutingMode.choices]

    @classmethod
    def of_flow(cls, flow: Chatflow, data=None) -> "FlowRoutingForm":
        rule = rule_of_flow(flow.pk)
        initial = values_of(rule) | ({} if rule else {"mode": AS_CHANNEL})
        return cls(data, initial=initial, target=rule, channel=flow.channel)

    def write(self, flow: Chatflow) -> None:
        settings = self.settings()
        if settings["mode"] == AS_CHANNEL:
            drop_rule_of_flow(flow.pk)
        else:
            set_rule_of_flow(flow.pk, flow.name, **settings)
