"""The texts of a chatflow in other languages: one flow, many wordings, chosen by the page's language, then the browser's."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chatflows import actions
from chatflows.definition import texts
from chatflows.settings_of import LONGEST_TEXT, TEXTS
from chatflows.views.builder import Bench, load, managed
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
    """`?language=fr`: every text of the draft beside its translation. An empty one shows the chatflow's own words."""
    bench = load(request, flow_pk, lock=request.method == "POST")
    code = request.GET.get("language", "")
    if code and (code not in CODES or code == bench.chatflow.language):
        raise Http404
    kept = words_of(bench, code)
    lines = lines_of(bench, kept)
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
        "own": name_of(bench.chatflow.language),
        "code": code,
        "language": name_of(code) if code else "",
        "lines": lines if code else [],
        "error": error,
        "seen": marks_of({"words": told(kept)}),
        "known": [(one, name_of(one)) for one in sorted(bench.draft.translations) if one in CODES],
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


def lines_of(bench: Bench, kept: dict[str, str]) -> list[dict]:
    """What visitors read, in the order of the flow; then what the options say."""
    options = bench.draft.options
    own = texts(bench.flow) | {name: options[name] for name in TEXTS if isinstance(options.get(name), str)}
    names = {step.id: step.name for step in bench.flow.steps}
    return [
        {"path": path, "own": text, "words": kept.get(path, ""), "of": names.get(path.partition(".")[0], "")}
        for path, text in own.items()
        if text
    ]


def keep(request, bench: Bench, code: str, words: dict[str, str]) -> None:
    """A language without a word is none."""
    spoken = {one: told for one, told in bench.draft.translations.items() if one != code}
    if words and len(spoken) < LANGUAGES_MOST:
        spoken[code] = words
    revision = bench.draft.revision
    actions.save_draft(bench.chatflow, revision=revision, by=request.member, translations=spoken)


def name_of(code: str) -> str:
    try:
        return get_language_info(code)["name_translated"]
    except KeyError:
        return code
