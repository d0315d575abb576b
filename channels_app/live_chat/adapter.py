from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from channels_app.adapter import Result
from inboxes.kinds import Kind


@dataclass(frozen=True)
class Waiting:
    """Nothing travels: the visitor's widget fetches by sequence, and its receipt moves the tick."""

    def send(self) -> Result:
        return Result("sent")


class LiveChat:
    kind = Kind(
        key="chat",
        label=_("Live chat"),
        via=_("in live chat"),
        icon="chat",
        visitors=True,
    )

    def prepare(self, message) -> Waiting:
        return Waiting()
