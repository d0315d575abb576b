"""What the numbers of chatflows are called."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "shown": _("Shown"),
    "opened": _("Opened"),
    "started": _("Begun"),
    "walks": _("Started"),
    "completed": _("Completed"),
    "abandoned": _("Abandoned"),
    "handed_over": _("Handed over"),
    "chats": _("Chats"),
    "replied": _("Replied"),
    "missed": _("Missed"),
}
MEANINGS = {
    "shown": _("Pages that showed the launcher. Several pages of one visitor count each."),
    "opened": _("The window was opened."),
    "started": _("The visitor wrote or chose something for the first time."),
    "walks": _(
        "Sessions of the bot that began in this period; after the chatflow's timeout the next one is a new session."
    ),
    "completed": _(
        "Sessions that reached a last step. Counted at the session's beginning, so that shares add up."
    ),
    "abandoned": _("The visitor answered something and then no more, until the time was up."),
    "handed_over": _("The bot gave the conversation to a person or a team."),
    "chats": _("Conversations that began with it."),
    "replied": _("Chats in which a person answered."),
    "missed": _("Nobody of the team answered within two minutes of opening hours."),
}


def meanings() -> list[tuple[str, str]]:
    """[(name, what exactly is counted)]."""
    return [(str(NAMES[key]), str(words)) for key, words in MEANINGS.items()]
