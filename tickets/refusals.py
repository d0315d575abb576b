"""Why a verb of tickets was refused."""

from django.utils.translation import gettext_lazy as _

from workspaces.refusals import Refused


class StageRefused(Refused):
    """A rule of the pipeline (TK-9); the words say which."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message


class IsPart(Refused):
    """It was merged into another one, which is where people go on."""

    def __init__(self, number: int):
        super().__init__(number)
        self.message = _("This ticket is part of #%(number)s now.") % {"number": number}


class NotTheirs(Refused):
    """Who would be given it does not work in its inbox (AC-1)."""

    def __init__(self, name: str):
        super().__init__(name)
        self.message = _("%(name)s does not work in this inbox.") % {"name": name}


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
