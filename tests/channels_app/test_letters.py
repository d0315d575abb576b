"""Letters as they arrive at a real server: who, whom, what they answer, and what they quote."""

import uuid

import pytest
from django.core import mail
from django.utils import timezone

from channels_app.reactions import deliver
from conversations import files
from conversations.actions import forward, send_reply, start_conversation
from conversations.envelope import Envelope, EnvelopeRefused, Person, default_envelope
from conversations.models import Conversation, Message, Participant
from conversations.receive import Inbound, receive
from events.models import Event
from inboxes.addresses import give_fallback
from tests.factories import make_conversation, make_mail, make_visitor
from tests.pictures import PDF, picture, upload
from tests.postoffice import post_office

pytestmark = pytest.mark.django_db(transaction=True)

JAMES = Person("James Whitfield", "james@pine.example")
MARY = Person("Mary, Ann", "mary@pine.example")


@pytest.fixture
def post(settings):
    with post_office(settings) as post:
        yield post


@pytest.fixture
def shelf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def send_all(acme) -> None:
    with acme.scope():
        events = list(Event.objects.filter(type="message.sent").order_by("pk"))
    for event in events:
        deliver(event)


def last(acme) -> Message:
    with acme.scope():
        return Message.objects.filter(direction="out").order_by("pk").last()


def mail_from(person: Person, **more) -> dict:
    told = {"from": {"name": person.name, "address": person.address}, "to": [], "cc": [], "reply_to": []}
    return {"mail": told | more}


def answer(acme, ben, conversation=None, *, body="Two left.", **fields):
    with acme.scope():
        conversation = conversation or make_conversation(acme, external_id="<question@pine.example>")
        send_reply(Conversation.objects.get(pk=conversation.pk), body=body, by=ben, **fields)
    send_all(acme)


def test_it_says_who_writes_and_where_answers_go(acme, ben, post):
    """EM-6, EM-7, EM-8.1."""
    answer(acme, ben)
    letter = post.only()
    assert letter["From"] == "Ben Agent at Acme <support@acme.example>"
    assert str(letter["To"]) == "James Whitfield <james@pine.example>"
    assert letter["Reply-To"].addresses[0].username.startswith("reply+")
    assert (letter["Subject"], letter["X-Parley-Instance"] > "") == ("Re: Dimmer flickers", True)
    assert letter["Auto-Submitted"] is None
    assert post.envelopes == [("support@acme.example", ["james@pine.example"])]


def test_the_company_alone_when_it_wants_so(acme, ben, post):
    with acme.scope():
        acme.email.config = {"from_style": "company", "from_name": "Acme Lamps, Ltd."}
        acme.email.save()
    answer(acme, ben)
    assert post.only()["From"].addresses[0].display_name == "Acme Lamps, Ltd."


def test_the_thread_is_named_whole_and_ids_are_not_broken(acme, ben, post):
    """Ids longer than a line stand as they are: folded into encoded words nobody could follow them."""
    long = f"<{'a' * 90}@{'b' * 40}.example>"
    with acme.scope():
        conversation = make_conversation(acme, external_id=long)
    answer(acme, ben, conversation, body="One")
    first = last(acme).external_id
    with acme.scope():
        receive(make_mail(acme, "And?", external_id="<second@pine.example>", in_reply_to=(first,)))
    answer(acme, ben, conversation, body="Two")
    letter = post.read[-1]
    assert letter["In-Reply-To"] == "<second@pine.example>"
    assert letter["References"].split() == [long, first, "<second@pine.example>"]
    assert b"=?" not in post.letters[-1].split(b"\r\n\r\n")[0]
    assert letter["Message-ID"] == last(acme).external_id


def test_a_long_thread_keeps_its_root_and_its_newest(acme, ben, post):
    with acme.scope():
        conversation = make_conversation(acme, external_id="<m0@pine.example>")
        for number in range(1, 30):
            receive(
                make_mail(
                    acme,
                    external_id=f"<m{number}@pine.example>",
                    in_reply_to=(f"<m{number - 1}@pine.example>",),
                )
            )
    answer(acme, ben, conversation)
    chain = post.only()["References"].split()
    assert (chain[0], chain[-1], len(chain)) == ("<m0@pine.example>", "<m29@pine.example>", 20)


def test_both_twins_quote_below_a_fold(acme, ben, post):
    """CR-6."""
    with acme.scope():
        conversation = make_conversation(
            acme,
            "The dimmer flickers.",
            html='<p>The <b>dimmer</b> flickers.</p><img src="https://spy.example/1.gif"><script>x()</script>',
        )
    answer(acme, ben, conversation, html="<p>Try the <em>other</em> one.</p><script>bad()</script>")
    letter = post.only()
    text = letter.get_body(("plain",)).get_content().replace("\r", "")
    html = letter.get_body(("html",)).get_content()
    assert (
        text.startswith("Try the other one.\n\nOn ")
        and "James Whitfield wrote:\n> The dimmer flickers." in text
    )
    own, quote = html.split('<div class="gmail_quote">')
    assert "<em>other</em>" in own and "<b>dimmer</b>" in quote
    assert "script" not in html and "spy.example" not in html


def test_a_third_persons_words_are_quoted_to_nobody_else(acme, ben, post):
    """What a stranger or a forwarded-to colleague wrote is not shown to the customer (T082)."""
    with acme.scope():
        conversation = make_conversation(acme, "Mine.", extra=mail_from(JAMES))
        receive(
            make_mail(
                acme,
                "Confidential remark.",
                conversation_id=None,
                address="other@partner.example",
                in_reply_to=(conversation.messages.get().external_id,),
                extra=mail_from(Person("Other", "other@partner.example")),
            )
        )
    answer(acme, ben, conversation, envelope=Envelope(to=(JAMES,)))
    assert b"Confidential" not in post.letters[-1]


def test_the_signature_stands_once_and_names_cannot_break_out(acme, ben, post):
    """EM-6: tokens are filled in one pass, escaped."""
    with acme.scope():
        acme.email.config = {"signature": "{{ agent.first_name }} of {{company.name}}\n{{ nonsense }}"}
        acme.email.save()
        ben.display_name = "<b>Ben</b> {{company.name}}"
        ben.save()
        conversation = make_conversation(acme)
    answer(acme, ben, conversation, body="One")
    answer(acme, ben, conversation, body="Two")
    first, second = post.read
    assert "-- \n<b>Ben</b> of Acme\n" in first.get_body(("plain",)).get_content().replace("\r", "")
    assert "&lt;b&gt;Ben&lt;/b&gt; of Acme" in first.get_body(("html",)).get_content()
    assert "of Acme" not in second.get_body(("plain",)).get_content().split("wrote:")[0]


def test_reply_all_goes_to_everyone_but_us_and_strangers(acme, ben, post):
    """CR-5, T084."""
    to = [{"name": "", "address": "Support@ACME.example"}, {"name": MARY.name, "address": MARY.address}]
    with acme.scope():
        conversation = make_conversation(
            acme, extra=mail_from(JAMES, to=to, cc=[{"name": "", "address": "stranger@evil.example"}])
        )
        Participant.objects.create(conversation=conversation, address="stranger@evil.example", is_new=True)
        usual = default_envelope(conversation)
    assert (usual.to, usual.cc) == ((JAMES,), (MARY,))
    answer(acme, ben, conversation)
    letter = post.only()
    assert letter["Cc"].addresses[0].display_name == "Mary, Ann"
    assert post.envelopes[0][1] == ["james@pine.example", "mary@pine.example"]


def test_whom_the_writer_leaves_out_is_remembered(acme, ben, post):
    with acme.scope():
        conversation = make_conversation(
            acme, extra=mail_from(JAMES, cc=[{"name": MARY.name, "address": MARY.address}])
        )
    hidden = Person("", "boss@acme-parent.example")
    answer(acme, ben, conversation, envelope=Envelope(to=(JAMES,), bcc=(hidden,), subject="Your dimmer"))
    letter = post.only()
    assert (letter["Cc"], letter["Bcc"], letter["Subject"]) == (None, None, "Your dimmer")
    assert post.envelopes[0][1] == ["james@pine.example", "boss@acme-parent.example"]
    assert [one["address"] for one in last(acme).extra["mail"]["removed"]] == ["mary@pine.example"]


def test_pictures_in_the_text_and_files_beside_it(acme, ben, post, shelf):
    """EM-13."""
    image = picture()
    with acme.scope():
        conversation = make_conversation(acme)
        kept = [
            files.store(one, limits=files.MEMBER, member=ben)
            for one in (upload("plan.png", image), upload("a.pdf", PDF))
        ]
    html = f'<p>Here:</p><img src="cid:{kept[0].storage_key}" alt="plan"><img src="https://x.example/y.png">'
    answer(acme, ben, conversation, html=html, attachments=[file.storage_key for file in kept])
    letter = post.only()
    shown = letter.get_body(("related",))
    inline = next(part for part in shown.iter_parts() if part.get_content_maintype() == "image")
    assert f'src="cid:{inline["Content-ID"][1:-1]}"' in letter.get_body(("html",)).get_content()
    assert inline.get_content() == image and "x.example" not in letter.as_string()
    assert [part.get_filename() for part in letter.iter_attachments()] == ["a.pdf"]
    assert "[plan]" in letter.get_body(("plain",)).get_content()


def test_forwarding_takes_words_and_files_along_and_leaves_the_customer_waiting(acme, ben, post, shelf):
    """CR-4."""
    with acme.scope():
        conversation = make_conversation(acme, extra=mail_from(JAMES))
        question = conversation.messages.get()
        file = files.store(upload("a.pdf", PDF), limits=files.MEMBER, member=ben)
        files.attach([file], question.pk)
        waiting = Conversation.objects.get(pk=conversation.pk).waiting_since
        forward(
            conversation,
            message=question,
            by=ben,
            envelope=Envelope(to=(Person("Lab", "lab@partner.example"),)),
            body="Please look.",
            client_id=uuid.uuid4(),
        )
        assert Conversation.objects.get(pk=conversation.pk).waiting_since == waiting
    send_all(acme)
    letter = post.only()
    text = letter.get_body(("plain",)).get_content()
    assert letter["Subject"] == "Fwd: Dimmer flickers" and letter["In-Reply-To"] is None
    assert "From: James Whitfield <james@pine.example>" in text and "The dimmer flickers." in text
    assert [part.get_filename() for part in letter.iter_attachments()] == ["a.pdf"]


def test_writing_first_begins_one_conversation_however_often_it_is_sent(acme, ben, post):
    """EM-12, P6."""
    client_id = uuid.uuid4()
    with acme.scope():
        told = {
            "by": ben,
            "envelope": Envelope(to=(MARY,), subject="Your order"),
            "body": "It is ready.",
            "client_id": client_id,
        }
        first = start_conversation(acme.email, **told)
        again = start_conversation(acme.email, **told)
        conversation = Conversation.objects.get()
        assert (again.message_id, again.is_new) == (first.message_id, False)
        assert (conversation.assignee, conversation.contact.email) == (ben, "mary@pine.example")
    send_all(acme)
    letter = post.only()
    assert (letter["Subject"], letter["References"]) == ("Your order", None)


def test_an_answer_to_what_we_began_joins_it(acme, ben, post):
    with acme.scope():
        began = start_conversation(
            acme.email,
            by=ben,
            envelope=Envelope(to=(JAMES,), subject="Your order"),
            body="Ready.",
            client_id=uuid.uuid4(),
        )
    send_all(acme)
    with acme.scope():
        back = receive(make_mail(acme, "Thanks", in_reply_to=(post.only()["Message-ID"],)))
        assert back.conversation_id == began.conversation_id


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": (Person("x", "not an address"),)},
        {"to": (Person("x\r\nBcc: all@evil.example", "a@b.example"),)},
        {"to": (JAMES,), "subject": "Hi\r\nBcc: all@evil.example"},
        {"to": (JAMES,), "subject": "Hi\x00"},
        {"to": ()},
        {"to": tuple(Person("", f"p{n}@b.example") for n in range(60))},
        {"to": (Person("", "a@b.example, c@d.example"),)},
    ],
)
def test_what_mail_cannot_carry_is_refused_in_words(acme, ben, wrong):
    """T086, T087: at the model, before anything is written."""
    with acme.scope():
        conversation = make_conversation(acme)
        with pytest.raises(EnvelopeRefused) as refused:
            send_reply(conversation, body="x", by=ben, envelope=Envelope(**wrong))
        assert refused.value.messages[0]
        assert Message.objects.filter(direction="out").count() == 0


@pytest.mark.parametrize(
    "name", ["Müller, Jürgen", 'O\'Neil "Q"', "evil@other.example", "日本 太郎", "a,b;c<d>", "\\", "("]
)
def test_odd_names_arrive_as_they_are_and_change_no_address(acme, ben, post, name):
    """T086."""
    answer(acme, ben, envelope=Envelope(to=(Person(name, "a@b.example"),)))
    [found] = post.only()["To"].addresses
    assert (found.display_name, found.addr_spec) == (name, "a@b.example")


def test_addresses_beyond_ascii(acme, ben, post):
    """RFC 5891 for the domain, RFC 6531 for what stands before the @."""
    people = (Person("", "info@bücher.example"), Person("", "jürgen@bücher.example"))
    answer(acme, ben, envelope=Envelope(to=people[:1]))
    answer(acme, ben, envelope=Envelope(to=people[1:]))
    assert [envelope[1] for envelope in post.envelopes] == [
        ["info@xn--bcher-kva.example"],
        ["jürgen@xn--bcher-kva.example"],
    ]


def test_a_server_that_knows_only_ascii(acme, ben, settings):
    with post_office(settings, utf8=False) as post:
        answer(acme, ben, envelope=Envelope(to=(Person("", "jürgen@b.example"),)))
        assert post.letters == []
    assert "letters" in last(acme).delivery_error


def test_a_disconnected_mailbox_is_stood_in_for_and_the_thread_says_so(acme, ben, post):
    """FB-5."""
    with acme.scope():
        fallback = give_fallback(acme.inbox)
        conversation = make_conversation(acme)
        acme.email.disconnected_at = timezone.now()
        acme.email.save()
    answer(acme, ben, conversation)
    assert post.only()["From"].addresses[0].addr_spec == fallback.identifier
    assert "reply+" in post.only()["Reply-To"]
    with acme.scope():
        told = Event.objects.get(type="message.went_round").payload
    assert (told["address"], told["sender"]) == ("support@acme.example", fallback.identifier)


def test_a_channel_may_answer_the_writer_alone(acme, ben, post):
    """CR-5."""
    with acme.scope():
        acme.email.config = {"reply_all": False}
        acme.email.save()
        conversation = make_conversation(
            acme, extra=mail_from(JAMES, cc=[{"name": MARY.name, "address": MARY.address}])
        )
    answer(acme, ben, conversation)
    assert post.envelopes[0][1] == ["james@pine.example"]


def test_a_chat_is_answered_by_mail_from_an_address_of_the_team(acme, ben, post):
    """CR-7: the conversation keeps its channel (DM-1)."""
    with acme.scope():
        asked = receive(Inbound(channel=acme.chat, body="Hi", visitor=make_visitor(acme)))
        chat = Conversation.objects.get(pk=asked.conversation_id)
    answer(acme, ben, chat, envelope=Envelope(to=(MARY,), subject="Your chat", channel_id=acme.email.pk))
    assert (post.only()["Subject"], last(acme).channel_kind) == ("Your chat", "email")
    with acme.scope():
        assert Conversation.objects.get(pk=chat.pk).channel_kind == "chat"


def test_another_workspaces_address_cannot_be_written_from(acme, globex, ben):
    """T003."""
    with acme.scope():
        conversation = make_conversation(acme)
        with pytest.raises(EnvelopeRefused):
            send_reply(
                conversation, body="x", by=ben, envelope=Envelope(to=(MARY,), channel_id=globex.email.pk)
            )


def test_through_a_provider_it_is_the_same_letter(acme, ben, settings, shelf):
    """A backend that is no SMTP gets the same bytes, and the parts one by one."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with acme.scope():
        file = files.store(upload("plan.png", picture()), limits=files.MEMBER, member=ben)
    html = f'<p>Here:</p><img src="cid:{file.storage_key}">'
    answer(acme, ben, html=html, attachments=[file.storage_key])
    [sent] = mail.outbox
    assert sent.to == ["James Whitfield <james@pine.example>"] and sent.extra_headers["Message-ID"]
    assert sent.message()["Message-ID"] == last(acme).external_id
    assert sent.attachments[0]["Content-ID"].startswith(f"<{file.storage_key}@")
