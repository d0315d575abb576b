"""The closed list of words that say why somebody got it or was passed over, and how they read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Why(models.TextChoices):
    """How an attempt ended."""

    TURN = "turn", _("It was their turn.")
    FEWEST = "fewest", _("They had the fewest open conversations.")
    CHANCE = "chance", _("Chosen at random.")
    OWNER = "owner", _("They are the owner of the contact.")
    OFF = "off", _("This channel leaves conversations unassigned.")
    NO_OWNER = "no_owner", _("The contact has no owner.")
    OWNER_MISSED = "owner_missed", _("The owner of the contact could not take it, and was told.")
    NOBODY = "nobody", _("Nobody could take it at that moment.")
    CLOSED = "closed", _("The channel was outside its hours.")


class Not(models.TextChoices):
    """Why somebody did not get it."""

    SEAT = "seat", _("takes no automatic assignments")
    ACCESS = "access", _("does not work in this inbox")
    LANGUAGE = "language", _("does not speak the language")
    SKILL = "skill", _("lacks a skill that is asked for")
    AWAY = "away", _("is away")
    FULL = "full", _("has as many open conversations as they take")
    UNANSWERED = "unanswered", _("had it and did not answer in time")
    TURN = "turn", _("it was not their turn")
