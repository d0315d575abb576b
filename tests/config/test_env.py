import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


@pytest.fixture(autouse=True)
def _own_table(monkeypatch):
    """What is read here is no setting of Parley's."""
    monkeypatch.setattr(env, "KNOBS", {})


@pytest.mark.parametrize(
    ("convert", "raw"),
    [
        (env.boolean, "maybe"),
        (env.between(1, 5), "9"),
        (env.between(1, 5), "many"),
        (env.site_url, "parley.example.com"),
        (env.site_url, "https://parley.example.com/path"),
        (env.database, "mysql://x/y"),
        (env.database, "postgresql://host/"),
        (env.redis_url, "http://x"),
    ],
)
def test_a_bad_value_is_refused_by_name(monkeypatch, convert, raw):
    monkeypatch.setenv("SOME_KNOB", raw)
    with pytest.raises(ImproperlyConfigured, match="SOME_KNOB"):
        env.read("SOME_KNOB", None, "A knob.", convert)


def test_a_missing_value_says_what_it_is_for(monkeypatch):
    monkeypatch.delenv("SOME_KNOB", raising=False)
    with pytest.raises(ImproperlyConfigured, match="SOME_KNOB is not set: A knob."):
        env.read("SOME_KNOB", None, "A knob.")


def test_a_database_url_with_a_socket_and_odd_characters():
    parts = env.database("postgresql://par%40ley:p%3Aw@/name?host=/run/pg")
    assert (parts["USER"], parts["PASSWORD"], parts["HOST"], parts["NAME"]) == (
        "par@ley",
        "p:w",
        "/run/pg",
        "name",
    )


@pytest.mark.parametrize(
    ("redis", "celery"),
    [
        ("redis://h:6379/0", "redis://h:6379/0"),
        ("unix:///run/v.sock?db=2", "redis+socket:///run/v.sock?virtual_host=2"),
        ("rediss://h/0", "rediss://h/0?ssl_cert_reqs=required"),
    ],
)
def test_celery_spells_a_redis_url_its_own_way(redis, celery):
    assert env.celery_url(redis) == celery
