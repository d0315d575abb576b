"""The texts of a chatflow in other languages: one flow, many wordings, chosen by the page's language, then the browser's."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chatflows import actions, sentences
from chatflows.definition import texts
from chatflows.models import FlowKind
from chatflows.settings_of import LONGEST_TEXT, TEXTS
from chatflows.views.builder import Bench, load, managed
from chatflows.widget.config import launcher_words, panel_labels, panel_words
from workspaces.guarded import FIELD, changed_since, marks_of

CODES = [
    "ar",
    "bg",
    "ca",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "et",
    "fi",
    "fr",
    "he",
    "hr",
    "hu",
    "id",
    "it",
    "ja",
    "ko",
    "lt",
    "lv",
    "nb",
    "nl",
    "pl",
    "pt",
    "pt-br",
    "ro",
    "ru",
    "sk",
    "sl",
    "sv",
    "th",
    "tr",
    "uk",
    "vi",
    "zh-hans",
]
LANGUAGES_MOST = 30


@require_http_methods(["GET", "HEAD", "POST"])
@managed
@transaction.atomic
def languages(request, flow_pk):
    """`?language=fr`: every text of the draft beside its translation. An empty one shows the chatflow's own words.

    In the chatflow's own language only the sentences that are ours: what it says else is written where it says it.
    """
    bench = load(request, flow_pk, lock=request.method == "POST")
    code = request.GET.get("language", "")
    if code and code not in CODES:
        raise Http404
    kept = words_of(bench, code)
    lines = lines_of(bench, kept, code) if code else []
    error = ""
    if request.method == "POST" and code:
        wanted = {line["path"]: request.POST.get(line["path"], "").strip()[:LONGEST_TEXT] for line in lines}
        if changed_since(request.POST.get(FIELD, ""), {"words": told(kept)}):
            error = _("Somebody changed these texts meanwhile. Save again to keep yours.")
            lines = [line | {"words": wanted[line["path"]]} for line in lines]
        else:
            keep(request, bench, code, {path: words for path, words in wanted.items() if words})
            messages.success(request, _("Saved in the draft."))
            address = reverse("chatflows:languages", args=[request.workspace.slug, bench.chatflow.pk])
            return redirect(f"{address}?language={code}")
    context = {
        "flow": bench.chatflow,
        "own": in_a_sentence(name_of(bench.chatflow.language)),
        "code": code,
        "language": name_of(code) if code else "",
        "groups": grouped(lines),
        "is_own": code == bench.chatflow.language,
        "own_code": bench.chatflow.language,
        "error": error,
        "seen": marks_of({"words": told(kept)}),
        "known": [
            (one, name_of(one))
            for one in sorted(bench.draft.translations)
            if one in CODES and one != bench.chatflow.language
        ],
        "more": [
            (one, name_of(one))
            for one in CODES
            if one not in (bench.chatflow.language, *bench.draft.translations)
        ],
    }
    return render(request, "chatflows/languages.html", context, status=409 if error else 200)


def words_of(bench: Bench, code: str) -> dict[str, str]:
    found = bench.draft.translations.get(code)
    return found if isinstance(found, dict) else {}


def told(words: dict) -> str:
    return "\n".join(f"{path}={words[path]}" for path in sorted(words))


def lines_of(bench: Bench, kept: dict[str, str], code: str) -> list[dict]:
    """What visitors read, in the order of the flow; what the options say; then what we say where nobody wrote anything."""
    lines = [] if code == bench.chatflow.language else _written(bench, kept)
    return lines + _ours(bench, kept, code)


def grouped(lines: list[dict]) -> list[tuple[str, list[dict], bool]]:
    """(title, lines, whether it stands open): the flow's own texts under no title, our sentences under what they belong to."""
    titles = {
        "": "",
        "bot": _("What the bot says by itself"),
        "asked": _("Asked around a chat"),
        "window": _("The chat window"),
    }
    found = {title: [one for one in lines if one["group"] == group] for group, title in titles.items()}
    return [(title, ones, any(one["words"] for one in ones)) for title, ones in found.items() if ones]


def _written(bench: Bench, kept: dict[str, str]) -> list[dict]:
    options = bench.draft.options
    own = texts(bench.flow) | {name: options[name] for name in TEXTS if isinstance(options.get(name), str)}
    names = {step.id: step.name for step in bench.flow.steps}
    return [
        {
            "path": path,
            "own": text,
            "words": kept.get(path, ""),
            "of": names.get(path.partition(".")[0], ""),
            "group": "",
            "instead": "",
        }
        for path, text in own.items()
        if text
    ]


def _ours(bench: Bench, kept: dict[str, str], code: str) -> list[dict]:
    """`instead`: what a visitor of this language meets while nothing is written here."""
    flow, options = bench.chatflow, bench.draft.options
    names = _names(bench)
    own = sentences.written(bench.draft.translations, flow.language, "")
    with translation.override(flow.language):
        said = names()
    with translation.override(code):
        usual = names()
    lines = []
    for name, (group, text) in said.items():
        is_option = name in sentences.ASKED
        path = name if is_option else sentences.PREFIX + name
        if is_option and (options.get(name) or code == flow.language):
            continue  # worded with the options, and translated above
        told = {"path": path, "own": own.get(name, "") if code != flow.language else "", "group": group}
        told["instead"] = told["own"] or usual[name][1]
        lines.append({"words": kept.get(path, ""), "of": "", **told, "own": told["own"] or text})
    return lines


def _names(bench: Bench) -> Callable[[], dict[str, tuple[str, str]]]:
    """Name -> (group, ours in the active language), as far as a chatflow of this kind says it."""
    is_bot = bench.chatflow.kind == FlowKind.BOT
    has_window = bench.chatflow.channel.kind == "chat"
    asked = [
        name for name in (*sentences.ASKED, *sentences.AROUND) if not (is_bot and name.startswith("email"))
    ]

    def names() -> dict[str, tuple[str, str]]:
        window = launcher_words() | panel_labels() | panel_words() if has_window else {}
        return (
            ({name: ("bot", sentences.shown(name)) for name in sentences.BOT} if is_bot else {})
            | ({name: ("asked", sentences.shown(name)) for name in asked} if has_window else {})
            | {name: ("window", text) for name, text in window.items()}
        )

    return names


def keep(request, bench: Bench, code: str, words: dict[str, str]) -> None:
    """A language without a word is none."""
    spoken = {one: told for one, told in bench.draft.translations.items() if one != code}
    if words and len(spoken) < LANGUAGES_MOST:
        spoken[code] = words
    revision = bench.draft.revision
    actions.save_draft(bench.chatflow, revision=revision, by=request.member, translations=spoken)


def in_a_sentence(name: str) -> str:
    """English alone writes a language with a capital."""
    return name if translation.get_language() == "en" else name[:1].lower() + name[1:]


def name_of(code: str) -> str:
    try:
        return get_language_info(code)["name_translated"]
    except KeyError:
        return code
