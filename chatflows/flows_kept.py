"""Flows read from the versions they stand in, kept in the process: published versions never change (CF-5)."""

from django.utils import translation

from chatflows.definition import EMPTY, Flow, NotAFlow, read, translated
from chatflows.models import ChatflowVersion

_kept: dict[tuple[int, int, str], Flow] = {}
MOST = 500


def flow_of(version: ChatflowVersion, language: str) -> Flow:
    """The flow in a language, as far as it was translated. What cannot be read is a flow without steps: it ends at once."""
    key = (version.pk, version.revision, language)
    if version.published_at and key in _kept:
        return _kept[key]
    with translation.override(language or version.chatflow.language):  # texts that nobody wrote
        flow = _read(version)
    flow = translated(flow, words_of(version, language))
    if version.published_at:
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = flow
    return flow


def _read(version: ChatflowVersion) -> Flow:
    try:
        return read(version.definition or {})
    except NotAFlow:
        return EMPTY


def words_of(version: ChatflowVersion, language: str) -> dict[str, str]:
    spoken = version.translations if isinstance(version.translations, dict) else {}
    for code in (language, language.split("-")[0]):
        found = spoken.get(code)
        if code and isinstance(found, dict):
            return {path: text for path, text in found.items() if isinstance(text, str)}
    return {}
