"""What may be posted about a conversation."""

import re
import uuid
from datetime import UTC, datetime

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from conversations import tokens
from conversations.collision import Known
from conversations.models import DraftMode, Status
from conversations.queries.thread import assignables
from workspaces.models import Member, Team
from workspaces.numbers import whole

# How a letter answers: everybody, its writer alone, or somebody else altogether.
KINDS = [("all", ""), ("reply", ""), ("forward", "")]
HOUR = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


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

    # "", "close", or the hour until which it rests, as a script says it.
    then = forms.CharField(max_length=40, required=False)
    # What the writer knew (conversations/collision.py); without it nothing is held.
    began = forms.IntegerField(required=False, min_value=0)
    seen = forms.IntegerField(required=False, min_value=0)
    known = forms.CharField(max_length=4000, required=False)
    # How a letter answers; `message` is the one that is passed on (CR-4).
    kind = forms.ChoiceField(choices=KINDS, required=False)
    message = forms.IntegerField(required=False)

    def __init__(self, *args, has_files: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["body"].required = not has_files and self.data.get("kind") != "forward"

    def clean_body(self) -> str:
        """A place in a saved text that nobody filled does not leave (CR-10)."""
        body = self.cleaned_data["body"]
        left = tokens.left_in(body) or tokens.left_in(self.data.get("html", ""))
        if left:
            raise forms.ValidationError(_("Fill in %(token)s first.") % {"token": left[0]})
        return body

    def clean_then(self) -> str:
        then = self.cleaned_data["then"]
        try:
            is_hour = then in ("", "close") or bool(HOUR.fullmatch(then) and parse_datetime(then))
        except ValueError:  # a day that no month has
            is_hour = False
        if not is_hour:
            raise forms.ValidationError(_("This is no day and hour."))
        return then

    def clean_known(self) -> frozenset[uuid.UUID]:
        try:
            return frozenset(uuid.UUID(key) for key in self.cleaned_data["known"].split())
        except ValueError:
            return frozenset()

    def knew(self) -> Known | None:
        """What the writer's page knew; None when it says nothing, as one of last week's may."""
        told = self.cleaned_data
        if told["began"] is None:
            return None
        return Known(told["began"], told["seen"] or 0, told["known"])


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
        if whole(number):
            if kind == "member" and int(number) in {row["pk"] for row in known["members"]}:
                return Member.objects.get(pk=number, workspace=self.conversation.workspace_id)
            if kind == "team" and int(number) in {row["pk"] for row in known["teams"]}:
                return Team.objects.get(pk=number)
        raise forms.ValidationError(_("This person or team cannot be given conversations of this inbox."))
