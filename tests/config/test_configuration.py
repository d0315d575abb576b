"""docs/configuration.md is made from the settings, and tells them all."""

from django.core.management import call_command

from config.env import KNOBS
from config.management.commands.configuration import page


def test_the_page_is_up_to_date():
    call_command("configuration", "--check")


def test_no_row_shows_where_it_was_made(settings):
    assert str(settings.BASE_DIR) not in page()
    assert all(f"| `{name}` |" in page() for name in KNOBS)
