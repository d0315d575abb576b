"""`manage.py configuration`: write docs/configuration.md from the settings themselves, so that it cannot lie."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.env import KNOBS, Knob

FILE = Path("docs") / "configuration.md"

# Defaults that depend on where and how this runs, told in words.
TOLD = {
    "PARLEY_DATA": "`var` in the checkout",
    "ALLOWED_HOSTS": "the host of `SITE_URL`",
    "MAIL_DOMAIN": "the host of `SITE_URL`",
    "REPLY_DOMAIN": "`MAIL_DOMAIN`",
    "SECRET_KEY": "**must be set**",
    "DATABASE_URL": "**must be set**",
    "REDIS_URL": "**must be set**",
}

# Read by the start-up scripts and the tools, not by the settings.
AROUND = (
    Knob("HOST", "127.0.0.1", "Address that `./parley up` listens on; in a container 0.0.0.0."),
    Knob("PORT", "8000", "Its port."),
    Knob("WORKER_CONCURRENCY", "2", "Tasks that one worker container does at a time."),
    Knob("HEALTH_URL", "http://127.0.0.1:8000/healthz", "What a container's health check asks."),
    Knob(
        "DATABASE_ADMIN_URL", "", "An administrator's URL, for `python -m config.embedded.provision` alone."
    ),
    Knob("PARLEY_DEMO", "", "1 lets `manage.py demo` run although DEBUG is off."),
    Knob("CHROMIUM", "", "Path of the browser for `./parley test`, when it should not look for one."),
    Knob("PARLEY_TEST_DATA", "", "Folder for the test run's services, when it should not choose one."),
)

PAGE = """# Configuration

Every setting is an environment variable. A bad value stops the start with a sentence that names it. Made by
`./parley manage configuration` from `config/settings.py`; a test fails when this page is out of date.

`./parley up` without `SECRET_KEY` is development: it sets `DEBUG`, makes a key of its own in the data folder, and starts
PostgreSQL and Valkey when `DATABASE_URL` and `REDIS_URL` are not set. With a `SECRET_KEY` it is production, and nothing
that matters is guessed: see [deploy.md](deploy.md).

| variable | default | meaning |
| --- | --- | --- |
{settings}

## Around it

| variable | default | meaning |
| --- | --- | --- |
{around}
"""


class Command(BaseCommand):
    help = "Write docs/configuration.md; with --check only say whether it is up to date."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true")

    def handle(self, *, check: bool, **options):
        path = Path(settings.BASE_DIR) / FILE
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != page():
                raise CommandError(f"{FILE} is out of date: ./parley manage configuration")
            return
        path.write_text(page(), encoding="utf-8")


def page() -> str:
    return PAGE.format(settings=rows(KNOBS.values()), around=rows(AROUND))


def rows(knobs) -> str:
    return "\n".join(f"| `{knob.name}` | {default_of(knob)} | {knob.meaning} |" for knob in knobs)


def default_of(knob: Knob) -> str:
    return TOLD.get(knob.name) or (f"`{knob.default}`" if knob.default else "empty")
