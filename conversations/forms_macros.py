"""What is posted about macros; their deeds are read by deeds/form.py."""

from django import forms
from django.utils.translation import gettext_lazy as _

from conversations.models import Macro
from workspaces.guarded import Guarded
from workspaces.models import Member
from workspaces.permissions import Permission


class MacroForm(Guarded, forms.ModelForm):
    """`by` may share it when their role says so; a short form is used once among those who see it."""

    shared = forms.BooleanField(label=_("For everybody"), required=False)

    class Meta:
        model = Macro
        fields = ["name", "shortcut", "folder"]
        help_texts = {"shortcut": _("What you type after \\ to find it.")}

    def __init__(self, *args, by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        if by.may(Permission.MANAGE_SNIPPETS):
            is_new = self.instance._state.adding
            self.fields["shared"].initial = is_new or self.instance.owner_id is None
        else:
            del self.fields["shared"]

    def clean(self) -> dict:
        told = super().clean()
        self.instance.owner = None if told.get("shared") else self.by
        short = told.get("shortcut")
        if short:
            rows = Macro.objects.filter(shortcut__iexact=short, owner=self.instance.owner)
            if rows.exclude(pk=self.instance.pk).exists():
                self.add_error("shortcut", _("This short form is used already."))
        return told
