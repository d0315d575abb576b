"""A form's life: connected, drafted, published. Published versions stay; the draft is the one without a date."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from channels_app.form import definition
from channels_app.form.definition import Field, Form
from channels_app.models import FormVersion
from inboxes.actions import connect_channel
from inboxes.models import Channel, Inbox
from workspaces.audit import note
from workspaces.models import Member
from workspaces.refusals import Refused


class NotReady(Refused):
    """A form that cannot be published; `sentences` say why."""

    def __init__(self, sentences: list[str]):
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@transaction.atomic
def connect(inbox: Inbox, *, name: str, by: Member) -> Channel:
    """A new form in an inbox, published with the fields that most people want, so that it works at once (FO-1)."""
    with translation.override(inbox.language):
        form = usual_form(inbox.language)
    channel = connect_channel(inbox, kind="form", name=name, config={"sites": []})
    FormVersion.objects.create(
        channel=channel,
        number=1,
        definition=definition.write(form),
        published_at=timezone.now(),
        published_by=by,
    )
    return channel


def usual_form(language: str) -> Form:
    return Form(
        title=_("Write to us"),
        language=language,
        fields=(
            Field("name", "text", _("Your name"), required=True, half=True, maps_to="name"),
            Field("email", "email", _("Your email address"), required=True, half=True, maps_to="email"),
            Field("message", "long", _("Your message"), required=True),
        ),
    )


def published(channel: Channel) -> FormVersion | None:
    found = FormVersion.objects.filter(channel=channel).exclude(published_at=None)
    return found.order_by("-number").first()


def shown_to_maker(channel: Channel) -> FormVersion | None:
    """The draft, else what is published."""
    return FormVersion.objects.filter(channel=channel).order_by("-number").first()


def drawn(channel: Channel) -> Form:
    """The form as its maker left it; of a channel that never had one, the usual."""
    version = shown_to_maker(channel)
    if version:
        return definition.read(version.definition)
    with translation.override(channel.inbox.language):
        return usual_form(channel.inbox.language)


@transaction.atomic
def save_draft(channel: Channel, form: Form) -> FormVersion:
    """What is written goes into the draft; the published form stays as it is until `publish`."""
    Channel.objects.select_for_update(of=("self",)).get(pk=channel.pk)
    draft = FormVersion.objects.filter(channel=channel, published_at=None).first()
    draft = draft or FormVersion(channel=channel, number=_next_number(channel))
    draft.definition = definition.write(form)
    draft.save()
    return draft


@transaction.atomic
def publish(channel: Channel, *, by: Member | None) -> FormVersion:
    """Make the draft what people see. Nothing to publish returns what is. Raises NotReady."""
    Channel.objects.select_for_update(of=("self",)).get(pk=channel.pk)
    draft = FormVersion.objects.filter(channel=channel, published_at=None).first()
    if draft is None and (standing := published(channel)):
        return standing
    draft = draft or save_draft(channel, drawn(channel))
    if wrong := definition.problems(definition.read(draft.definition)):
        raise NotReady(wrong)
    draft.published_at, draft.published_by = timezone.now(), by
    draft.save(update_fields=["published_at", "published_by"])
    note("form.published", channel, after={"version": draft.number})
    return draft


@transaction.atomic
def discard_draft(channel: Channel) -> None:
    if published(channel):
        FormVersion.objects.filter(channel=channel, published_at=None).delete()


@transaction.atomic
def restore(channel: Channel, version: FormVersion) -> FormVersion:
    """An earlier version becomes the draft."""
    return save_draft(channel, definition.read(version.definition))


def _next_number(channel: Channel) -> int:
    last = FormVersion.objects.filter(channel=channel).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
