"""A version in words: who sees it, when it opens, what phones show. Pure."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chatflows.models import Chatflow, ChatflowVersion
from chatflows.settings_of import display_of, options_of
from chatflows.targeting import Targeting, compile_targeting
from chatflows.wording_target import line_in_words, rule_in_words

SHOWN_MOST = 8


def about(version: ChatflowVersion, flow: Chatflow) -> dict[str, Any]:
    targeting = compile_targeting(version.targeting)
    display = display_of(version.display)
    return {
        "starts": _by_message(flow) or _starts(targeting),
        "target": _target(targeting),
        "opens": _opens(display),
        "triggers": _triggers(display["triggers"]),
        "phone": _phone(display["phone"]),
        "options": _options(options_of(version.options), flow.kind),
    }


def _by_message(flow: Chatflow) -> str:
    """On Messenger there are no pages: one chatflow meets whoever writes, the others whoever comes by their link."""
    if flow.channel.kind != "messenger":
        return ""
    return _("Somebody writes to your Messenger page") if flow.is_primary else _("Somebody comes by its link")


def _starts(targeting: Targeting) -> str:
    """What the first card says; the panel beside it says the rest."""
    if targeting.everywhere:
        return _("A visitor opens a page")
    if not targeting.show:
        return _("No page is named yet")
    return _("A visitor opens a page. %(rule)s") % {"rule": rule_in_words(targeting.show[0])}


def _target(targeting: Targeting) -> list[str]:
    """Each line is one rule; of the first ones any may fit, the others must all hold."""
    lines = (
        [_("All pages")]
        if targeting.everywhere
        else [rule_in_words(one) for one in targeting.show[:SHOWN_MOST]]
    )
    lines += [_("Not: %(rule)s") % {"rule": rule_in_words(one)} for one in targeting.hide[:SHOWN_MOST]]
    groups = [f" {_('and')} ".join(map(line_in_words, group)) for group in targeting.groups]
    return [*lines, *groups] or [_("No page is named yet")]


def _opens(display: dict) -> str:
    words = {
        "chat": _("The whole chat opens."),
        "prompt": _("The welcome message shows beside the launcher."),
        "launcher": _("Only the launcher shows."),
    }
    return words[display["opens"]]


def _triggers(triggers: dict) -> list[str]:
    found = []
    if triggers["seconds"]:
        words = ngettext(
            "After %(n)s second on the page", "After %(n)s seconds on the page", triggers["seconds"]
        )
        found.append(words % {"n": triggers["seconds"]})
    if triggers["scroll"]:
        found.append(_("After scrolling %(n)s %%") % {"n": triggers["scroll"]})
    if triggers["exit"]:
        found.append(_("On leaving"))
    return found or [_("At once")]


def _phone(choice: str) -> str:
    words = {
        "prompt": _("The welcome message shows."),
        "launcher": _("Only the launcher shows."),
        "hide": _("Nothing shows."),
    }
    return words[choice]


def _options(options: dict, kind: str) -> str:
    told = []
    if kind == "bot":
        told.append(_("Only in opening hours") if options["availability"] == "hours" else _("Always there"))
    if options["consent"] != "none":
        told.append(_("asks for consent"))
    if options["survey"]:
        told.append(_("asks how it was"))
    if options["knowledge"]:
        told.append(_("offers articles"))
    return ", ".join(told) or _("Nothing beyond the usual.")
