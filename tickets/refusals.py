"""Why a verb of tickets was refused."""

from django.utils.translation import gettext_lazy as _

from workspaces.refusals import Refused


class StageRefused(Refused):
    """A rule of the pipeline (TK-9); the words say which."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message


class HasTicket(Refused):
    message = _("This conversation has a ticket already.")


class NotTogether(Refused):
    message = _("A ticket cannot be put together with itself.")


class GoesInCircles(Refused):
    message = _("A ticket cannot stand below one of its own.")


class TooManyLinks(Refused):
    message = _("These are too many tickets for one.")


class CannotUndo(Refused):
    message = _("This cannot be undone any more.")


class NothingLeft(Refused):
    message = _("Leave at least one conversation with this ticket.")


class LastStage(Refused):
    message = _("A pipeline keeps a stage that is open and one that is closed.")


class DefaultStays(Refused):
    message = _("Make another pipeline the default first.")


class StillTickets(Refused):
    message = _("Choose where its tickets go.")


class TooMany(Refused):
    message = _("There are as many as there may be.")
