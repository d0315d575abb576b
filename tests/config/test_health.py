import time

import pytest
from django.db import OperationalError, connections

from config.health import beat_key
from config.tasks import beat_heartbeat
from events.dispatch import valkey


@pytest.fixture(autouse=True)
def _silence():
    valkey().delete(beat_key("worker"), beat_key("beat"))


def test_this_process_answers_without_anything_else(client):
    assert client.get("/healthz").json() == {"ok": True}


def test_ready_needs_worker_and_beat(client, db):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": True, "valkey": True, "worker": False, "beat": False}
    beat_heartbeat()
    assert client.get("/readyz").status_code == 200


def test_a_heartbeat_grows_old(client, db):
    beat_heartbeat()
    valkey().set(beat_key("beat"), time.time() - 60)
    assert client.get("/readyz").json()["beat"] is False


def test_a_database_that_is_away_is_named(client, db, monkeypatch):
    def away():
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "cursor", away)
        assert client.get("/readyz").json()["database"] is False
