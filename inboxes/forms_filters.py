"""What people set about mail that is not wanted."""

from django import forms
from django.utils.translation import gettext_lazy as _

from inboxes.filters import MOST_AT_ONCE, NotASender, read_entry
from inboxes.models import MailFilters, SenderList
from workspaces.guarded import Guarded


class SendersForm(forms.Form):
    """Addresses and domains, one a line, for one of the two lists."""

    list = forms.ChoiceField(
        label=_("List"),
        choices=[
            (SenderList.DENY, _("Deny: their mail goes to Spam")),
            (SenderList.ALLOW, _("Allow: their mail is never set aside")),
        ],
        widget=forms.RadioSelect,
    )
    senders = forms.CharField(
        label=_("Addresses or domains"),
        help_text=_(
            "One a line, such as rosa@example.com or example.com. A domain holds for what is below it too."
        ),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_senders(self):
        lines = [
            line for line in self.cleaned_data["senders"].replace(",", "\n").splitlines() if line.strip()
        ]
        if len(lines) > MOST_AT_ONCE:
            raise forms.ValidationError(_("That is too many for once."))
        try:
            return [read_entry(line) for line in lines]
        except NotASender as problem:
            raise forms.ValidationError(str(problem)) from None


class SwitchesForm(Guarded, forms.ModelForm):
    class Meta:
        model = MailFilters
        fields = ["auto_replies", "marketing", "unsubscribe_links", "role_senders"]
