"""A form made ready for its templates: words, colours, and each field with what was written in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from channels_app.form import gate
from channels_app.form.definition import LONGEST, Field, Form
from channels_app.form.fields import accepted
from inboxes.colours import ACCENT, colour, readable_on
from inboxes.models import Channel
from inboxes.origins import NotASite, sites_of, to_origin

INPUTS = {"text": "text", "email": "email", "phone": "tel", "number": "text", "date": "date"}
FILLED_BY = {
    "name": "name",
    "email": "email",
    "phone": "tel",
    "company": "organization",
    "job_title": "organization-title",
    "city": "address-level2",
}
FEW = 6  # choices up to which each is seen at once


def language_of(channel: Channel, form: Form) -> str:
    known = dict(settings.LANGUAGES)
    wished = (form.language, channel.inbox.language, settings.LANGUAGE_CODE)
    return next(code for code in wished if code in known)


def thanks_of(form: Form) -> str:
    return form.thanks or _("Thank you. Your message has arrived, and somebody will answer it.")


def redirect_of(door) -> str:
    """Where to go afterwards: only to a site of the form's own list."""
    try:
        origin = to_origin(door.form.redirect) if door.form.redirect else ""
    except NotASite:
        return ""
    ours = any(gate.matches(site, origin) for site in sites_of(door.channel))
    return door.form.redirect if origin and ours else ""


def page_context(door) -> dict[str, Any]:
    form, channel = door.form, door.channel
    config = channel.config
    accent = colour(config.get("accent")) or ACCENT
    theme = config.get("theme")
    return {
        "form": form,
        "company": channel.workspace.name,
        "language": language_of(channel, form),
        "direction": "rtl" if get_language_bidi() else "ltr",
        "accent": accent,
        "on_accent": readable_on(accent),
        "theme": theme if theme in ("light", "dark") else "auto",
        "button": form.button or _("Send"),
        "thanks": thanks_of(form),
        "go": redirect_of(door),
        "action": reverse("forms:form", args=[channel.identifier]),
        "has_files": any(one.kind == "file" for one in form.fields),
    }


def fields_of(
    form: Form, given: Mapping[str, Sequence[str]], errors: Mapping[str, str], asked: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Each field with its answers; a hidden one takes what the page's address names, else its own value."""
    return [_field(one, form, given, errors.get(one.key, ""), asked) for one in form.fields]


def _field(
    one: Field, form: Form, given: Mapping[str, Sequence[str]], error: str, asked: Mapping[str, str]
) -> dict:
    values = list(given.get(one.key, ()))
    if one.kind == "hidden" and not values:
        values = [str(asked.get(one.key, "") or one.value)[: LONGEST["hidden"]]]
    return {
        "one": one,
        "id": f"f-{one.key}",
        "value": values[0] if values else "",
        "values": values,
        "error": error,
        "wide": not (one.half and form.columns),
        "input": INPUTS.get(one.kind, ""),
        "fills": "email" if one.kind == "email" else FILLED_BY.get(one.maps_to, ""),
        "longest": LONGEST.get(one.kind, 0),
        "accept": ",".join(accepted(one)) if one.kind == "file" else "",
        "radios": one.kind == "choice" and len(one.options) <= FEW,
        # Without a script every field is on the page, so only what always applies is demanded by the browser.
        "demanded": one.required and one.shown_if is None and one.kind != "many",
        "described": " ".join([f"h-{one.key}"] * bool(one.help) + [f"e-{one.key}"] * bool(error)),
    }


def own_html(form: Form, address: str) -> str:
    """The form as plain HTML that somebody puts on a page of theirs."""
    kind = ' enctype="multipart/form-data"' if any(one.kind == "file" for one in form.fields) else ""
    lines = [f'<form action="{escape(address)}" method="post"{kind}>']
    lines += [f"  {_html_of(one)}" for one in form.fields]
    return "\n".join([*lines, f"  <button>{escape(form.button or _('Send'))}</button>", "</form>"])


def _html_of(one: Field) -> str:
    told = f'name="{one.key}"' + (" required" if one.required and not one.shown_if else "")
    label = escape(one.text if one.kind == "consent" else one.label)
    match one.kind:
        case "hidden":
            return f'<input type="hidden" {told} value="{escape(one.value)}">'
        case "check" | "consent":
            return f'<label><input type="checkbox" {told} value="yes"> {label}</label>'
        case "long":
            return f"<label>{label} <textarea {told}></textarea></label>"
        case "choice" | "many":
            several = " multiple" if one.kind == "many" else ""
            empty = "" if several else '<option value=""></option>'
            choices = "".join(f"<option>{escape(option)}</option>" for option in one.options)
            return f"<label>{label} <select {told}{several}>{empty}{choices}</select></label>"
        case "file":
            return f'<label>{label} <input type="file" {told} multiple></label>'
    return f'<label>{label} <input type="{INPUTS[one.kind]}" {told}></label>'
