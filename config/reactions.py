"""THE table: who reacts to what, after commit, in this order. Each reaction may be late and may run twice."""

from channels_app.reactions import deliver
from events.types import MESSAGE_SENT

REACTIONS = {
    MESSAGE_SENT: [deliver],
}
