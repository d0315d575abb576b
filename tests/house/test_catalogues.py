"""The tool that keeps the translations complete."""

import gettext
import json
import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation

from tools import catalogues
from tools.catalogues import file_of, load, main, problems
from workspaces.labelled import labelled

ROOT = Path(__file__).resolve().parents[2]

VIEW = """
from django.utils.translation import gettext as _, ngettext, pgettext, gettext_lazy
_("Hello %(name)s")
ngettext("{n} lamp", "{n} lamps", 2)
pgettext("a verb", "Open")
label = gettext_lazy("Shade")
_(label)
"""
PAGE = """{% load i18n %}
  <div>
 {% translate "Shade" %} {% translate "Open" context "an adjective" as it %}
      {% blocktranslate count n=lamps|length %}One bulb{% plural %}{{ n }} bulbs{% endblocktranslate %}
    {{ title|default:_("Untitled") }}
"""
FRENCH = {
    "Hello %(name)s": "Bonjour %(name)s",
    "{n} lamp": ["{n} lampe", "{n} lampes"],
    "a verb\u0004Open": "Ouvrir",
    "an adjective\u0004Open": "Ouvert",
    "Shade": "Abat-jour",
    "One bulb": ["Une ampoule", "%(n)s ampoules"],
    "Untitled": "Sans titre",
}


@pytest.fixture
def root(tmp_path):
    """A small project with one view and one page."""
    (tmp_path / "shop" / "migrations").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    (tmp_path / "shop" / "views.py").write_text(VIEW)
    (tmp_path / "shop" / "migrations" / "0001.py").write_text('_("Never shown")')
    (tmp_path / "templates" / "page.html").write_text(PAGE)
    return tmp_path


@pytest.fixture
def translated(root):
    merge(root, FRENCH)
    return root


def merge(root, translations: dict) -> int:
    file = root / "fr.json"
    file.write_text(json.dumps(translations))
    return main(["--merge", str(file)], root)


def test_every_kind_of_message_is_found(root):
    found = {(message.context, message.id) for message in catalogues.extract(root) if message.id}
    assert found == {
        (None, "Hello %(name)s"),
        (None, ("{n} lamp", "{n} lamps")),
        ("a verb", "Open"),
        ("an adjective", "Open"),
        (None, "Shade"),
        (None, ("One bulb", "%(n)s bulbs")),
        (None, "Untitled"),
    }


def test_a_complete_catalogue_passes_and_is_compiled(translated, capsys):
    assert main(["--check"], translated) == 0
    assert main(["--compile"], translated) == 0
    with file_of(translated, "fr").with_suffix(".mo").open("rb") as file:
        french = gettext.GNUTranslations(file)
    assert french.gettext("Shade") == "Abat-jour"
    assert french.pgettext("a verb", "Open") == "Ouvrir"
    assert [french.ngettext("{n} lamp", "{n} lamps", n) for n in (0, 1, 2)] == [
        "{n} lampe",
        "{n} lampe",
        "{n} lampes",
    ]


def test_what_is_missing_is_named_with_its_file(root, capsys):
    main([], root)
    assert main(["--check"], root) == 1
    assert 'fr: not translated: "Shade" (shop/views.py, templates/page.html)' in capsys.readouterr().out


def test_an_update_keeps_translations_and_drops_what_is_no_longer_said(translated):
    view = translated / "shop" / "views.py"
    view.write_text(VIEW.replace('gettext_lazy("Shade")', 'gettext_lazy("Lamp shade")'))
    (translated / "templates" / "page.html").unlink()
    assert any("no source has" in line and "Untitled" in line for line in problems(translated, "fr"))
    main([], translated)
    catalogue = load(translated, "fr")
    assert catalogue.get("Untitled") is None
    assert catalogue.get("Lamp shade").string == ""
    assert catalogue.get("Hello %(name)s").string == "Bonjour %(name)s"


def test_the_same_messages_make_the_same_bytes(translated):
    before = file_of(translated, "fr").read_bytes()
    main([], translated)
    assert file_of(translated, "fr").read_bytes() == before


@pytest.mark.parametrize(
    ("msgid", "msgstr", "problem"),
    [
        ("Hello %(name)s", "Bonjour %(nom)s", "other placeholders"),
        ("Hello %(name)s", "Bonjour", "other placeholders"),
        ("{n} lamp", ["{n} lampe", "lampes"], "other placeholders"),
        ("Untitled", "Sans titre !", "needs U+202F"),
        ("Untitled", "Sans titre: rien", "needs U+202F"),
        ("Untitled", "", "not translated"),
    ],
)
def test_a_wrong_translation_is_told(translated, msgid, msgstr, problem):
    merge(translated, {msgid: msgstr})
    [line] = problems(translated, "fr")
    assert line.startswith(problem)


def test_a_singular_may_say_one_in_words(translated):
    merge(translated, {"{n} lamp": ["Une lampe", "{n} lampes"]})
    assert problems(translated, "fr") == []


def test_a_fuzzy_translation_is_told(translated):
    path = file_of(translated, "fr")
    path.write_text(path.read_text().replace('msgid "Untitled"', '#, fuzzy\nmsgid "Untitled"'))
    [line] = problems(translated, "fr")
    assert line.startswith("fuzzy")


def test_a_translation_of_nothing_is_told_and_not_kept(translated, capsys):
    merge(translated, {"Never said": "Jamais dit"})
    assert 'no source has: "Never said"' in capsys.readouterr().err
    assert load(translated, "fr").get("Never said") is None


def test_no_colon_stands_outside_of_what_is_translated():
    """French has a narrow space before it: templates say {% colon %}, Python `labelled`."""
    inside = re.compile(
        r"{% blocktranslate.*?{% endblocktranslate %}|{% translate (\"[^\"]*\"|'[^']*')", re.DOTALL
    )
    bare = re.compile(r"(?:\}\}|%\}|</(?:b|bdi|span|label|strong)>):(?=[ <])")
    wrong = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]
        for found in bare.finditer(inside.sub("", path.read_text()))
    ]
    assert not wrong, wrong
    with translation.override("fr"):
        assert labelled("Objet", "Lampe") == "Objet\u202f: Lampe"
        assert Template("{% colon %}").render(Context()) == "\u202f: "
