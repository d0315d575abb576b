from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.adapter import DeliveryRefused
from inboxes.kinds import Kind


class Messenger:
    kind = Kind(
        key="messenger",
        label=gettext_lazy("Messenger"),
        via=gettext_lazy("in Messenger"),
        icon="messenger",
    )

    def prepare(self, message):
        """No page can be connected yet, so nothing can leave by one: the agent reads why."""
        raise DeliveryRefused(_("This Messenger page is not connected. Answer by email instead."))
