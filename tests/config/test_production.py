"""The settings of a production installation: refused when unsafe, clean by Django's own check."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "SECRET_KEY": "k7Qz-2mVx9pLr4tYw8bNc3sHf6jDg1aEu5oRi0zXq-TnBvMyKlPwC",
    "SITE_URL": "https://parley.example.com",
    "DATABASE_URL": "postgresql://parley_app@db/parley",
    "DATABASE_MAINT_URL": "postgresql://parley_maint@db/parley",
    "REDIS_URL": "redis://valkey/0",
}


def check(**changes: str) -> subprocess.CompletedProcess:
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(
        command, cwd=ROOT, env=kept | SAFE | changes, capture_output=True, text=True, timeout=60, check=False
    )


def test_djangos_deployment_check_is_clean():
    done = check()
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("SECRET_KEY", "a" * 60, "SECRET_KEY"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS"),
        ("SITE_URL", "http://parley.example.com", "SITE_URL"),
        ("DATABASE_URL", "", "DATABASE_URL"),
        ("DATABASE_MAINT_URL", "", "DATABASE_MAINT_URL"),
        ("DATABASE_POOL", "lots", "DATABASE_POOL"),
    ],
)
def test_what_is_unsafe_or_missing_does_not_start(name, value, words):
    done = check(**{name: value})
    assert done.returncode != 0
    assert words in done.stderr.splitlines()[-1]
