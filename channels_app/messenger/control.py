"""Which app of the page answers a person: this one, or another (Meta's handover protocol, FM-4).

Meta tells of it in words of its own, and by what comes: to whoever does not have a person, their messages come as standby.
The newest event of a conversation says how it is.
"""

from django.conf import settings
from django.utils.translation import gettext as _

from channels_app.adapter import DeliveryRefused
from channels_app.messenger import account, api
from channels_app.messenger.told import Inbound
from channels_app.models import MessengerPage
from contacts.models import ContactAddress
from conversations.models import Conversation
from conversations.windows import is_elsewhere
from events.record import record
from events.types import MESSENGER_CONTROL
from inboxes.models import Channel
from workspaces.models import Member
from workspaces.scope import workspace_scope

# Meta's own number of the inbox that every page has on Facebook.
PAGE_INBOX = "263902037430900"
TAKE, ASK, PASS = "take", "ask", "pass"
PATHS = {TAKE: "take_thread_control", ASK: "request_thread_control", PASS: "pass_thread_control"}


def told(channel: Channel, one: Inbound) -> None:
    """An event of the protocol."""
    conversation = _theirs(channel, one.user_id)
    if conversation is None:
        return  # about the page itself, or somebody who never wrote here
    if one.event == "request_thread_control":
        record(
            MESSENGER_CONTROL,
            conversation,
            ours=not is_elsewhere(conversation),
            how="wanted",
        )
        return
    now_with, mine = str(one.told.get("new_owner_app_id") or ""), _app_of(channel)
    if one.event == "pass_thread_control":
        note(conversation, ours=now_with in ("", mine), how="passed")
    elif one.event == "take_thread_control":  # without a name it is told to who has lost it
        note(conversation, ours=bool(mine) and now_with == mine, how="taken")


def seen(conversation_id: int, *, standby: bool) -> None:
    """A message came: as ours to answer, or as somebody else's."""
    conversation = Conversation.objects.get(pk=conversation_id)
    note(conversation, ours=not standby, how="seen")


def note(conversation: Conversation, *, ours: bool, how: str, by: Member | None = None) -> None:
    """Write it down where it is news."""
    if ours == is_elsewhere(conversation):
        record(MESSENGER_CONTROL, conversation, by=by, ours=ours, how=how)


def _theirs(channel: Channel, user: str) -> Conversation | None:
    people = ContactAddress.objects.filter(kind="messenger", value=user.lower())
    rows = Conversation.objects.present().filter(channel=channel, contact__in=people.values("contact"))
    return rows.order_by("-pk").first() if user else None


def _app_of(channel: Channel) -> str:
    page = MessengerPage.objects.filter(channel=channel).first()
    return (page.app_id if page else "") or str(settings.MESSENGER_APP_ID or "")


# ── What a member asks for ──────────────────────────────────────────────────────────────────────────────────────


def change(workspace_id: int, pk: int, verb: str, *, by: Member) -> None:
    """Take a person over, ask for them, or leave them to the page's inbox on Facebook. Outside any transaction.

    Raises DeliveryRefused in Meta's words, or Unreachable.
    """
    from channels_app.messenger.adapter import person_of

    with workspace_scope(workspace_id):
        conversation = Conversation.objects.select_related("channel").get(pk=pk)
        access, user = account.needed(conversation.channel), person_of(conversation)
    asked = {"recipient": {"id": user}, "metadata": "parley"}
    if verb == PASS:
        asked["target_app_id"] = PAGE_INBOX
    answer = api.post(f"{access.page_id}/{PATHS[verb]}", access.token, asked)
    if answer.get("success") is False:
        raise DeliveryRefused(_("Messenger did not change who answers."))
    with workspace_scope(workspace_id):
        if verb == ASK:
            record(MESSENGER_CONTROL, conversation, by=by, ours=False, how="asked")
        else:
            note(conversation, ours=verb == TAKE, how=verb, by=by)
