from django.utils.translation import gettext_lazy as _

from channels_app.email.adapter import Email
from inboxes.kinds import Kind


class Form(Email):
    """A submission is answered by mail (FO-2)."""

    kind = Kind(key="form", label=_("Form"), via=_("by form"), icon="form", has_subject=True)
