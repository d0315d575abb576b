"""Pages of single sign-on: the doors, and the settings."""

from sso.views.doors import answer, door, find, proof, visit
from sso.views.settings import settings_page

__all__ = ["answer", "door", "find", "proof", "settings_page", "visit"]
