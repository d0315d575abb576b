"""What may be posted about a conversation."""

import uuid
from datetime import UTC, datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from conversations.models import DraftMode, Status
from conversations.queries.thread import assignables
from workspaces.models import Member, Team

# How a letter answers: everybody, its writer alone, or somebody else altogether.
KINDS = [("all", ""), ("reply", ""), ("forward", "")]


class WrittenForm(forms.Form):
    """Something a member wrote, with the sender's own id for it: a double click is one message (P6)."""

    body = forms.CharField(
        max_length=50_000, strip=True, error_messages={"required": _("Write something first.")}
    )
    client_id = forms.UUIDField(required=False)

    def clean_client_id(self) -> uuid.UUID:
        return self.cleaned_data["client_id"] or uuid.uuid4()


class LetterForm(WrittenForm):
    """What may leave later than it was written (CR-6)."""

    html = forms.CharField(max_length=500_000, required=False, strip=False)
    send_at = forms.DateTimeField(
        required=False, input_formats=["%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%SZ"]
    )

    def clean_send_at(self) -> datetime | None:
        """An hour as a script says it, in UTC; one that has passed is now."""
        at = self.cleaned_data["send_at"]
        return at and at.replace(tzinfo=UTC)


class ReplyForm(LetterForm):
    """A reply may be files alone: `has_files` says that there are some."""

    then = forms.ChoiceField(choices=[("", ""), ("close", "")], required=False)
    # How a letter answers; `message` is the one that is passed on (CR-4).
    kind = forms.ChoiceField(choices=KINDS, required=False)
    message = forms.IntegerField(required=False)

    def __init__(self, *args, has_files: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["body"].required = not has_files and self.data.get("kind") != "forward"


class CommentForm(WrittenForm):
    body = forms.CharField(
        max_length=20_000, strip=True, error_messages={"required": _("Write something first.")}
    )


class StatusForm(forms.Form):
    status = forms.ChoiceField(choices=[(Status.OPEN, ""), (Status.CLOSED, "")])


class DraftForm(forms.Form):
    mode = forms.ChoiceField(choices=DraftMode)
    body = forms.CharField(max_length=50_000, required=False, strip=False)
    html = forms.CharField(max_length=500_000, required=False, strip=False)
    kind = forms.ChoiceField(choices=KINDS, required=False)
    message = forms.IntegerField(required=False)


class ComposeForm(LetterForm):
    """A letter to somebody who did not write (CR-1, EM-12)."""

    channel = forms.IntegerField(error_messages={"required": _("Choose an address to write from.")})


class AssignmentForm(forms.Form):
    """`member:7`, `team:3` or nothing; only somebody who works in the inbox can be chosen."""

    assignee = forms.CharField(required=False)

    def __init__(self, *args, conversation, **kwargs):
        super().__init__(*args, **kwargs)
        self.conversation = conversation

    def clean_assignee(self) -> Member | Team | None:
        raw = self.cleaned_data["assignee"]
        if not raw:
            return None
        kind, _sep, number = raw.partition(":")
        known = assignables(self.conversation)
        if number.isdigit():
            if kind == "member" and int(number) in {row["pk"] for row in known["members"]}:
                return Member.objects.get(pk=number, workspace=self.conversation.workspace_id)
            if kind == "team" and int(number) in {row["pk"] for row in known["teams"]}:
                return Team.objects.get(pk=number)
        raise forms.ValidationError(_("This person or team cannot be given conversations of this inbox."))
