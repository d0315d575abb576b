"""What the numbers of chatflows are called."""

from django.utils.translation import gettext_lazy as _

from analytics.scope import Scope

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


OF_STEPS = _("Reached, answered, left there")
COUNTED_AT_ONCE = _(
    "Counts of the steps, kept by the hour: spam and what was deleted later count too. Those who left a step are listed, as far as their conversations are still there."
)
BY_THE_HOUR = _("By the hour")
HALF_HOURS = _(
    "What pages and steps count is kept by full hours of UTC. In this workspace’s time zone days begin within one of them: it counts to the day in which it begins."
)


def meanings(scope: Scope) -> list[tuple[str, str]]:
    """[(name, what exactly is counted)]."""
    said = [(str(NAMES[key]), str(words)) for key, words in MEANINGS.items()]
    said.append((str(OF_STEPS), str(COUNTED_AT_ONCE)))
    # Half past, or a quarter to: midnight is no full hour of UTC there.
    if scope.begins.minute or scope.ends.minute:
        said.append((str(BY_THE_HOUR), str(HALF_HOURS)))
    return said
