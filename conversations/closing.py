"""What a workspace wants to know before a conversation is closed: its required properties that are still empty.

Whoever closes one themselves is asked; rules, quiet days and tickets close without, for nobody is there to answer.
"""

from collections.abc import Iterable

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy, ngettext

from contacts.custom import definitions, field_of, kept, set_values
from contacts.models import About, PropertyDefinition, Sort
from conversations.models import Conversation, ConversationDetail
from workspaces.refusals import Refused


def wanted() -> list[PropertyDefinition]:
    """A box that may be ticked says something either way, so it is never asked for."""
    return [one for one in definitions(About.CONVERSATION) if one.is_required and one.sort != Sort.CHECK]


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
    """Asks for what is empty; bound once its own fields were sent.

    A browser sends no file twice: one that is good is kept although another answer is not, and asked for no more.
    """

    def __init__(self, conversation: Conversation, sent: QueryDict, files: MultiValueDict | None = None):
        self.conversation = conversation
        self.empty = left_empty(conversation)
        # What an answer that was refused brought all the same, by the words of its property.
        self.brought: list[tuple[str, str]] = []
        bound = sent.get("asked") == "1"
        super().__init__(sent if bound else None, files if bound else None, prefix="closing")
        for one in self.empty:
            self.fields[one.key] = field_of(one)

    def is_answered(self) -> bool:
        return not self.empty or self.is_valid()

    def keep(self) -> None:
        if self.empty:
            self._write({key: kept(value) for key, value in self.cleaned_data.items()})

    def keep_files(self) -> None:
        """Of answers that were refused: the files that are good leave the form for where they belong."""
        good = [
            one
            for one in self.empty
            if self.is_bound and one.sort == Sort.FILE and self.cleaned_data.get(one.key)
        ]
        if good:
            self._write({one.key: self.cleaned_data[one.key] for one in good})
        for one in good:
            self.brought.append((one.label, self.cleaned_data[one.key].name))
            del self.fields[one.key]

    def _write(self, values: dict) -> None:
        set_values(ConversationDetail.objects.get(conversation=self.conversation.pk), values)
