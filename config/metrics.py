"""/metrics: the figures of `lateness` as Prometheus reads them, for who knows METRICS_TOKEN."""

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from config import lateness
from config.health import is_alive
from workspaces.access import public


@require_safe
@public
def metrics(request):
    """Off without a token; nothing tells a wrong one from none at all."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise Http404
    registry = CollectorRegistry()
    registry.register(Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Figures(Collector):
    """Asked of the database each time, so that every process tells the same."""

    def describe(self) -> list:
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        ages, numbers = lateness.oldest(), lateness.counts()
        yield _family("parley_oldest_seconds", "Age of the oldest that waits, P14", "what", ages)
        alarms = {name: float(name in lateness.late(ages)) for name in ages}
        yield _family("parley_late", "1 when the oldest waits beyond its limit", "what", alarms)
        yield _family("parley_waiting", "How many wait, or lie parked", "what", numbers)
        yield _family("parley_channels", "Channels that run", "kind", lateness.channels())
        alive = {name: float(is_alive(name)) for name in ("worker", "beat")}
        yield _family("parley_alive", "1 when the process gave a sign of life lately", "process", alive)
        yield _mailboxes()


def _family(name: str, meaning: str, label: str, values: dict) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _mailboxes() -> GaugeMetricFamily:
    """By number: an address would tell outsiders whose mailbox it is."""
    name = "parley_mailbox_success_timestamp_seconds"
    family = GaugeMetricFamily(name, "When it was last read to its end", labels=["mailbox", "provider"])
    for row in lateness.mailboxes():
        family.add_metric([str(row.pk), row.provider], row.looked_at.timestamp())
    return family
