"""How a chatflow fares, for its pages: the path through the steps of one version, and two versions side by side."""

from django.http import QueryDict
from django.utils import timezone

from chatflows import figures, trials
from chatflows.models import Chatflow, FlowKind

VERSIONS_MOST = 30


def path_view(asked: QueryDict, flow: Chatflow) -> dict:
    """For the cards, when `figures` is asked for: of the version named, else of what is published."""
    if "figures" not in asked or flow.published_id is None:
        return {"with_figures": "figures" in asked, "figures": {}}
    versions = list(flow.versions.filter(published_at__isnull=False).order_by("-number")[:VERSIONS_MOST])
    named = asked.get("version", "")
    chosen = next((one for one in versions if str(one.number) == named), flow.published)
    fared, steps = figures.path_of(chosen.pk)
    return {
        "with_figures": True,
        "figures": steps,
        "results": {"versions": versions, "chosen": chosen, "fared": fared},
    }


def trial_view(flow: Chatflow) -> dict:
    """Both versions on trial, and what may be said of them; empty without a trial."""
    if flow.rival_id is None or flow.trial_since is None:
        return {}
    fared = figures.of_trial(flow)
    ours, theirs = fared[flow.published_id].whole, fared[flow.rival_id].whole
    long_enough = trials.is_long_enough(flow.trial_since, timezone.now())
    measures = ("completed", "handed_over", "abandoned") if flow.kind == FlowKind.BOT else ("handed_over",)
    return {
        "rows": [(flow.published, fared[flow.published_id]), (flow.rival, fared[flow.rival_id])],
        "begun": (
            trials.share_of(ours, "started", "shown"),
            trials.share_of(theirs, "started", "shown"),
        ),
        "compared": [trials.compare(one, ours, theirs, is_long_enough=long_enough) for one in measures],
        "is_early": not long_enough or min(ours["started"], theirs["started"]) < trials.LEAST_CHATS,
        "least": trials.LEAST_CHATS,
        "days": trials.LEAST_TIME.days,
        "confidence": trials.CONFIDENCE,
    }
