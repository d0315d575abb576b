"""What a workspace wants to know before a conversation is closed: its required properties that are still empty.

Whoever closes one themselves is asked; rules, quiet days and tickets close without, for nobody is there to answer.
"""

from collections.abc import Iterable

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy, ngettext

from contacts.custom import field_of, fillable, kept, set_values
from contacts.models import About, PropertyDefinition, Sort
from conversations.models import Conversation, ConversationDetail
from workspaces.refusals import Refused


def wanted() -> list[PropertyDefinition]:
    """A box that may be ticked says something either way, so it is never asked for."""
    return [one for one in fillable(About.CONVERSATION) if one.is_required and one.sort != Sort.CHECK]


def left_empty(
    conversation: Conversation, asked: Iterable[PropertyDefinition] | None = None
) -> list[PropertyDefinition]:
    """Those without a value, in order. `asked`: what `wanted` gave, for who looks at many conversations."""
    asked = wanted() if asked is None else list(asked)
    if not asked:
        return []
    rows = ConversationDetail.objects.filter(conversation=conversation.pk)
    values = rows.values_list("custom", flat=True).first() or {}
    return [one for one in asked if values.get(one.key) in (None, "", [])]


def in_words(empty: list[PropertyDefinition]) -> str:
    names = ", ".join(f"“{one.label}”" for one in empty)
    return ngettext(
        "%(names)s must be filled in before it is closed.",
        "%(names)s must be filled in before it is closed.",
        len(empty),
    ) % {"names": names}


class NotFilledIn(Refused):
    """A property that closing asks for is empty."""

    message = gettext_lazy("Something must be filled in before it is closed.")

    def __init__(self, empty: list[PropertyDefinition]):
        super().__init__()
        self.message = in_words(empty)


class ClosingForm(forms.Form):
    """Asks for what is empty; bound once its own fields were sent."""

    def __init__(self, conversation: Conversation, sent: QueryDict):
        self.conversation = conversation
        self.empty = left_empty(conversation)
        super().__init__(sent if sent.get("asked") == "1" else None, prefix="closing")
        for one in self.empty:
            self.fields[one.key] = field_of(one)

    def is_answered(self) -> bool:
        return not self.empty or self.is_valid()

    def keep(self) -> None:
        if self.empty:
            detail = ConversationDetail.objects.get(conversation=self.conversation.pk)
            set_values(detail, {key: kept(value) for key, value in self.cleaned_data.items()})
