"""What a mail becomes: a conversation, part of one, or something set aside."""

import pytest

from channels_app.email.tokens import reply_address
from channels_app.models import InboundPayload
from contacts.models import Contact, ContactAddress
from conversations.actions import send_reply, set_status
from conversations.models import Attachment, Conversation, Delivery, Message, Participant, Status
from conversations.queries.twins import also_in
from events.models import Event
from inboxes.actions import connect_channel
from tests.channels_app.mails import bring, mail, message_of
from tests.factories import make_member
from tests.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)


def conversation_of(house, appended) -> Conversation:
    with house.scope():
        return Conversation.objects.get(pk=appended.conversation_id)


def answered(house, ben, conversation: Conversation, *, close: bool = True) -> Message:
    """Ben answers, the mail leaves, and he closes."""
    with house.scope():
        conversation = Conversation.objects.get(pk=conversation.pk)
        sent = send_reply(conversation, body="Try another bulb.", by=ben)
        Message.objects.filter(pk=sent.message_id).update(
            external_id="<ours@parley.example>", delivery=Delivery.SENT
        )
        if close:
            set_status(conversation, Status.CLOSED, by=ben)
        return Message.objects.get(pk=sent.message_id)


class TestWhatAMailBecomes:
    def test_a_mail_becomes_a_conversation_with_its_contact(self, acme):
        """SB-3, P8: and the payload knows which message it became."""
        appended = bring(acme, mail())
        message = message_of(acme, appended)
        assert (message.body, message.author_name) == ("The dimmer flickers.", "James Whitfield")
        assert message.extra["mail"]["from"]["address"] == "james@pine.example"
        with acme.scope():
            payload = InboundPayload.objects.get()
            assert payload.message_id == message.pk and payload.processed_at
            assert Contact.objects.get().email == "james@pine.example"

    def test_the_second_copy_of_a_mail_changes_nothing(self, acme):
        """P2: by another way in too."""
        letter = mail(message_id="<a@x>")
        first, again = bring(acme, letter), bring(acme, letter, source="imap")
        assert (again.message_id, again.is_new) == (first.message_id, False)
        with acme.scope():
            assert Event.objects.filter(type="message.received").count() == 1

    def test_a_message_id_used_again_for_something_else_is_kept(self, acme):
        """Both are there, the second flagged."""
        first = bring(acme, mail("One.", message_id="<a@x>"))
        second = bring(acme, mail("Two, quite different.", message_id="<a@x>", subject="Else"))
        assert second.is_new and second.message_id != first.message_id
        assert message_of(acme, second).extra["mail"]["reused_id"] is True
        third = bring(acme, mail("Two, quite different.", message_id="<a@x>", subject="Else"), source="imap")
        assert third.message_id == second.message_id

    def test_a_mail_without_an_id_is_told_by_its_bytes(self, acme):
        letter = mail()
        del letter["Message-ID"]
        first, again = bring(acme, letter), bring(acme, letter, source="imap")
        assert again.message_id == first.message_id

    def test_files_and_pictures_come_along(self, acme):
        """EM-13: a picture in the text is found by its Content-ID."""
        letter = mail()
        letter.add_alternative('<p>See <img src="cid:lamp@x"></p>', subtype="html")
        letter.get_payload()[1].add_related(
            picture().getvalue() if hasattr(picture(), "getvalue") else picture(),
            "image",
            "png",
            cid="<lamp@x>",
        )
        letter.add_attachment(b"%PDF-1.4 rest", maintype="application", subtype="pdf", filename="plan.pdf")
        message = message_of(acme, bring(acme, letter))
        with acme.scope():
            names = set(Attachment.objects.filter(message=message).values_list("name", flat=True))
            key = message.extra["mail"]["cids"]["lamp@x"]
            assert (
                "plan.pdf" in names and Attachment.objects.filter(storage_key=key, message=message).exists()
            )

    def test_files_that_are_too_large_together_leave_a_note(self, acme, monkeypatch):
        """EM-13: the words stay."""
        monkeypatch.setattr("channels_app.email.incoming_files.MOST_TOGETHER", 10)
        letter = mail()
        letter.add_attachment(
            b"%PDF-1.4 and more", maintype="application", subtype="pdf", filename="plan.pdf"
        )
        message = message_of(acme, bring(acme, letter))
        assert message.body == "The dimmer flickers."
        assert message.extra["mail"]["refused"] == [{"name": "plan.pdf", "reason": "too_large"}]

    def test_what_a_colleague_forwards_is_its_first_senders(self, acme, ben):
        """EM-4."""
        body = (
            "Can you take this?\n\n---------- Forwarded message ---------\nFrom: Rosa Diaz <rosa@oak.example>\n"
            "Date: Mon, 2 Nov 2026 at 10:00\nSubject: A lamp\nTo: Ben <ben@acme.example>\n\nIs it in stock?\n"
        )
        letter = mail(body, sender="Ben Agent <ben@acme.example>", subject="Fwd: A lamp")
        appended = bring(acme, letter)
        assert conversation_of(acme, appended).contact_name == "Rosa Diaz"
        assert message_of(acme, appended).extra["mail"]["forwarded_by"] == "ben@acme.example"


class TestThreads:
    """EM-8."""

    def test_an_answer_by_token_joins_whatever_its_subject(self, acme, ben):
        first = bring(acme, mail())
        with acme.scope():
            address = reply_address(conversation_of(acme, first), "james@pine.example")
        answer = bring(acme, mail("Still.", subject="Something else", to=address), to=[address])
        assert answer.conversation_id == first.conversation_id

    def test_an_answer_opens_what_was_closed(self, acme, ben):
        """EM-9."""
        first = bring(acme, mail())
        answered(acme, ben, conversation_of(acme, first))
        answer = bring(acme, mail("Still.", In_Reply_To="<ours@parley.example>"))
        assert answer.conversation_id == first.conversation_id
        assert conversation_of(acme, first).is_open()

    def test_a_stranger_with_the_token_is_shown_and_changes_nothing(self, acme, ben):
        """Joins as new; does not open, is no contact, brings nobody along."""
        first = bring(acme, mail())
        answered(acme, ben, conversation_of(acme, first))
        with acme.scope():
            address = reply_address(conversation_of(acme, first), "james@pine.example")
        letter = mail("Hello", sender="Eve <eve@evil.example>", to=address, Cc="mallory@evil.example")
        joined = bring(acme, letter, to=[address])
        assert joined.conversation_id == first.conversation_id
        assert message_of(acme, joined).extra["mail"]["new_participant"] is True
        assert conversation_of(acme, first).is_closed()
        with acme.scope():
            assert Participant.objects.get(address="eve@evil.example").is_new
            assert not Participant.objects.filter(address="mallory@evil.example").exists()
            assert not ContactAddress.objects.filter(value="eve@evil.example").exists()

    def test_a_token_of_another_workspace_opens_nothing(self, acme, globex):
        first = bring(globex, mail(to="support@globex.example"))
        with globex.scope():
            address = reply_address(conversation_of(globex, first), "james@pine.example")
        joined = bring(acme, mail("Hello", to=address), to=[address])
        assert joined.conversation_id != first.conversation_id
        with acme.scope():
            assert Conversation.objects.filter(pk=joined.conversation_id).exists()

    @pytest.mark.parametrize(
        "subject", ["Re: Dimmer flickers", "Dimmer flickers", "Re: Dimmer flickers [#1]"]
    )
    def test_a_stranger_who_quotes_the_subject_stays_outside(self, acme, subject):
        """T081."""
        first = bring(acme, mail())
        other = bring(acme, mail("Me too.", sender="Eve <eve@evil.example>", subject=subject))
        assert other.conversation_id != first.conversation_id

    def test_a_stranger_who_names_a_customers_id_stays_outside(self, acme):
        first = bring(acme, mail(message_id="<a@x>"))
        other = bring(acme, mail("Hi", sender="Eve <eve@evil.example>", In_Reply_To="<a@x>"))
        assert other.conversation_id != first.conversation_id

    def test_somebody_who_was_copied_takes_part(self, acme):
        first = bring(acme, mail(message_id="<a@x>", Cc="Rosa <rosa@pine.example>"))
        other = bring(acme, mail("I agree.", sender="Rosa <rosa@pine.example>", In_Reply_To="<a@x>"))
        assert other.conversation_id == first.conversation_id
        assert "new_participant" not in message_of(acme, other).extra["mail"]

    def test_the_same_person_and_subject_go_on_without_any_id(self, acme):
        """EM-8.4: only with Re:."""
        first = bring(acme, mail())
        assert (
            bring(acme, mail("And?", subject="RE : Dimmer flickers")).conversation_id == first.conversation_id
        )
        assert bring(acme, mail("New.")).conversation_id != first.conversation_id

    def test_one_mail_to_two_addresses_is_two_conversations(self, acme, ben, client_of):
        """EM-10."""
        with acme.scope():
            sales = connect_channel(acme.inbox, kind="email", name="Sales", identifier="sales@acme.example")
        letter = mail(to="support@acme.example, sales@acme.example")
        one, two = bring(acme, letter), bring(acme, letter, channel=sales)
        assert one.conversation_id != two.conversation_id
        with acme.scope():
            assert not Participant.objects.filter(address__endswith="@acme.example").exists()
            message = Message.objects.get(pk=one.message_id)
            assert also_in([message], ben) == {one.message_id: [two.conversation_id]}
        page = client_of(ben).get(f"/w/acme/inbox/open/{one.conversation_id}/").content.decode()
        assert "Also sent to another inbox." in page and f"/{two.conversation_id}/" in page

    def test_an_answer_copied_to_a_second_address_is_not_shown_twice(self, acme):
        """EM-10: by token it belongs to one conversation, whichever channel brings it."""
        first = bring(acme, mail())
        with acme.scope():
            sales = connect_channel(acme.inbox, kind="email", name="Sales", identifier="sales@acme.example")
            address = reply_address(conversation_of(acme, first), "james@pine.example")
        letter = mail("Still.", to=address, Cc="sales@acme.example")
        bring(acme, letter, to=[address])
        bring(acme, letter, channel=sales)
        with acme.scope():
            assert Message.objects.filter(conversation=first.conversation_id).count() == 2


class TestMachines:
    """SP-8, EM-14."""

    def test_an_absence_note_opens_nothing_and_nobody_waits(self, acme, ben):
        first = bring(acme, mail())
        answered(acme, ben, conversation_of(acme, first))
        before = conversation_of(acme, first)
        note = bring(
            acme,
            mail(
                "I am away.",
                subject="Out of office",
                In_Reply_To="<ours@parley.example>",
                Auto_Submitted="auto-replied",
            ),
        )
        after = conversation_of(acme, first)
        assert note.conversation_id == first.conversation_id
        assert after.is_closed() and after.waiting_since is None
        assert (after.last_inbound_seq, after.preview) == (before.last_inbound_seq, before.preview)
        assert message_of(acme, note).extra["mail"]["auto"]

    def test_an_absence_note_of_nobody_we_know_is_filtered(self, acme):
        note = bring(acme, mail("Away.", subject="Automatic reply: x", Auto_Submitted="auto-replied"))
        conversation = conversation_of(acme, note)
        assert conversation.filtered_at and conversation.aside_reason == "auto_reply"
        with acme.scope():
            assert Contact.objects.count() == 0
            assert not Event.objects.filter(type="conversation.started").exists()

    def test_a_failed_delivery_comes_home_to_its_message(self, acme, ben):
        """EM-14: with the server's words; the address is marked, and a mail from it clears the mark."""
        first = bring(acme, mail())
        sent = answered(acme, ben, conversation_of(acme, first))
        assert bring(acme, bounce_of("<ours@parley.example>")) is None
        with acme.scope():
            message = Message.objects.get(pk=sent.pk)
            address = ContactAddress.objects.get(value="james@pine.example")
            assert message.delivery == Delivery.FAILED and "5.1.1" in message.delivery_error
            assert address.bounced_at and Conversation.objects.count() == 1
            assert InboundPayload.objects.order_by("-pk").first().message_id == sent.pk
        bring(acme, mail("I am back."))
        with acme.scope():
            assert ContactAddress.objects.get(value="james@pine.example").bounced_at is None

    def test_a_report_about_nothing_of_ours_is_filtered(self, acme):
        report = bring(acme, bounce_of("<nobody@else.example>"))
        assert conversation_of(acme, report).aside_reason == "bounce"

    def test_a_report_does_not_reach_into_another_workspace(self, acme, globex, cleo):
        first = bring(globex, mail(to="support@globex.example"))
        sent = answered(globex, cleo, conversation_of(globex, first))
        bring(acme, bounce_of("<ours@parley.example>"))
        with globex.scope():
            assert Message.objects.get(pk=sent.pk).delivery == Delivery.SENT


def bounce_of(message_id: str) -> bytes:
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.pine.example>\r\nTo: support@acme.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <bounce-1@mx.pine.example>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.pine.example\r\n\r\n"
        "Final-Recipient: rfc822; james@pine.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 unknown user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()


class TestLists:
    """SP-2, SP-3."""

    def test_a_denied_sender_is_spam_and_joins_nothing(self, acme, ben):
        from inboxes.filters import list_senders

        first = bring(acme, mail(message_id="<a@x>"))
        with acme.scope():
            list_senders("deny", ["pine.example"], by=ben)
        second = bring(acme, mail("More.", In_Reply_To="<a@x>"))
        conversation = conversation_of(acme, second)
        assert second.conversation_id != first.conversation_id
        assert conversation.spam_at and conversation.aside_reason == "deny_list"

    def test_a_newsletter_is_filtered_unless_its_sender_is_allowed(self, acme, ben):
        """The address beats the domain."""
        from inboxes.filters import list_senders

        letter = {"sender": "News <news@shop.example>", "List_Id": "<news.shop.example>"}
        assert conversation_of(acme, bring(acme, mail("50 %", **letter))).aside_reason == "marketing"
        with acme.scope():
            list_senders("deny", ["shop.example"], by=ben)
            list_senders("allow", ["news@shop.example"], by=ben)
        assert conversation_of(acme, bring(acme, mail("60 %", **letter))).is_open()
        assert conversation_of(acme, bring(acme, mail("70 %", **letter))).spam_at is None
        other = bring(acme, mail("80 %", sender="Ads <ads@shop.example>"))
        assert conversation_of(acme, other).aside_reason == "deny_list"

    def test_a_mail_from_our_own_address_is_spam(self, acme):
        """SP-4."""
        looped = bring(acme, mail(sender="Support <support@acme.example>"))
        assert conversation_of(acme, looped).aside_reason == "own_address"

    def test_a_member_writing_from_their_own_address_is_welcome(self, acme):
        make_member(acme.workspace, "dora@acme.example", "Dora")
        assert conversation_of(acme, bring(acme, mail(sender="Dora <dora@acme.example>"))).spam_at is None
