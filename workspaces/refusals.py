"""Why a verb was refused, in words that a page can show."""

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """The rules of the house say no. `message` goes to the person; nothing was changed."""

    message = _("This is not possible.")

    def __str__(self):
        return str(self.message)


class NotAllowed(Refused):
    message = _("Your role does not allow this.")


class NotHere(Refused):
    message = _("This person or team is not here any more.")


class LastOwner(Refused):
    message = _("A workspace keeps at least one owner. Make somebody else an owner first.")


class NameTaken(Refused):
    message = _("This name is taken. Choose another one.")


class AlreadyMember(Refused):
    message = _("This person is already in the workspace.")


class AlreadyInvited(Refused):
    message = _("This address is already invited. Send the invitation again below.")


class TooManyInvitations(Refused):
    message = _("That is a lot of invitations for one day. Go on tomorrow.")


class TooManyTokens(Refused):
    message = _("You have as many keys as one person may have. Revoke one first.")


class TwoStepsFirst(Refused):
    message = _("Set up your own two-step sign-in first.")


class SentJustNow(Refused):
    message = _("This invitation was sent a moment ago. Wait a minute.")


class InvitationGone(Refused):
    """Unknown, used, withdrawn, expired, or given by somebody who may no longer give it: all look the same (T022)."""

    message = _("This invitation is no longer valid. Ask for a new one.")


class AnotherAddress(Refused):
    message = _("This invitation is for another email address. Sign in with that one.")
