"""What is posted about saved texts."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from conversations import tokens
from conversations.models import Snippet
from workspaces.guarded import Guarded
from workspaces.models import Member
from workspaces.permissions import Permission


class SnippetForm(Guarded, forms.ModelForm):
    """`by` may share it when their role says so; a short form is used once a language among those who see it."""

    # What a look at the preview gives back as it was typed.
    TYPED = ("name", "shortcut", "folder", "language", "body", "html", "shared")

    html = forms.CharField(required=False, max_length=100_000, widget=forms.HiddenInput)
    shared = forms.BooleanField(label=_("For everybody"), required=False)

    class Meta:
        model = Snippet
        fields = ["name", "shortcut", "folder", "language", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 5, "maxlength": 20000})}
        help_texts = {"shortcut": _("What you type after / to find it.")}

    def __init__(self, *args, by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        languages = [("", _("Any language")), *settings.LANGUAGES]
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=languages, required=False)
        if by.may(Permission.MANAGE_SNIPPETS):
            is_new = self.instance._state.adding
            self.fields["shared"].initial = is_new or self.instance.owner_id is None
        else:
            del self.fields["shared"]

    def clean_body(self) -> str:
        body = self.cleaned_data["body"]
        unknown = tokens.unknown_in(body)
        if unknown:
            raise forms.ValidationError(
                _("%(token)s is not known. Known are: %(names)s.")
                % {"token": unknown[0], "names": ", ".join(tokens.NAMES)}
            )
        return body

    def clean(self) -> dict:
        told = super().clean()
        self.instance.owner = None if told.get("shared") else self.by
        if self._is_taken(told):
            self.add_error("shortcut", _("This short form is used already."))
        return told

    def _is_taken(self, told: dict) -> bool:
        if not told.get("shortcut"):
            return False
        rows = Snippet.objects.filter(shortcut__iexact=told["shortcut"], language=told.get("language", ""))
        return rows.filter(owner=self.instance.owner).exclude(pk=self.instance.pk).exists()
