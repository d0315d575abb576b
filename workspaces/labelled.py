"""A name and what is said of it. Languages differ in what stands around the colon: French has a narrow space before it."""

from django.utils.translation import gettext as _


def labelled(name: object, text: object) -> str:
    return _("{name}: {text}").format(name=name, text=text)


def colon() -> str:
    """Only what stands between the two, for templates whose parts are marked up."""
    return labelled("", "")
