"""What pages draw with: nothing that a stranger wrote becomes markup."""

import time
from datetime import timedelta

from django.template import Context, Template
from django.utils import timezone, translation

from config.templatetags import ui


def test_a_strangers_markup_stays_text():
    """T044: a message body is escaped, also inside addresses and mentions."""
    html = ui.said('<img src=x onerror=alert(1)> https://a.example/"onmouseover=x <b>')
    assert "<img" not in html and "<b>" not in html
    assert 'href="https://a.example/"' in html


def test_only_web_and_mail_addresses_become_links():
    html = ui.said("javascript:alert(1) http://a.example ada@acme.example")
    assert html.count("<a ") == 2
    assert 'href="javascript' not in html
    assert 'rel="noopener noreferrer nofollow ugc"' in html
    assert 'href="mailto:ada@acme.example"' in html


def test_punctuation_that_ends_a_sentence_is_no_part_of_the_address():
    assert 'href="https://a.example/b"' in ui.said("See https://a.example/b.")
    assert 'href="https://a.example/plan_(lyon)"' in ui.said("(see https://a.example/plan_(lyon)).")


def test_mentions_are_marked_by_their_whole_name():
    html = ui.said("@Ada Love and @Ada", ["Ada", "Ada Love"])
    assert '<span class="at">@Ada Love</span> and <span class="at">@Ada</span>' in html
    assert "<i>" not in ui.said("@<i>x</i>", ["<i>x</i>"])


def test_a_long_line_without_spaces_takes_no_time():
    started = time.process_time()
    ui.said("https://" * 20_000)
    ui.said("a." * 40_000 + "@")
    assert time.process_time() - started < 2


def test_times_are_short_and_say_more_the_older_they_are():
    now = timezone.now()
    assert ":" in ui.when(now)
    assert ui.when(now - timedelta(days=3)).isalpha()
    assert ui.when(now - timedelta(days=800))[-4:].isdigit()
    assert ui.when(None) == ""


def test_names_in_avatars_are_escaped():
    html = Template('{% avatar letters 20 "sm" "on" %}').render(Context({"letters": "<b"}))
    assert "&lt;b" in html and 'style="--h:20"' in html


def test_scripts_hear_the_readers_language():
    with translation.override("en"):
        html = ui.script_words()
    assert 'id="words"' in html and "</script" in html and "sendAnyway" in html
