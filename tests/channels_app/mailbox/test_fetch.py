"""Reading a mailbox: nothing is lost, nothing is doubled, nothing on the server is touched unless asked (P1, P2, P9)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from channels_app.email.mailbox import fetch
from channels_app.email.payloads import understand
from channels_app.models import Mailbox
from conversations.models import Message
from inboxes.actions import pause_channel
from tests.channels_app.mailbox.conftest import catch_up, in_threads, kept, mail, make_mailbox

pytestmark = pytest.mark.django_db


def numbers(house) -> list[str]:
    return [payload.external_id for payload in kept(house)]


def change(house, mailbox, **fields) -> None:
    with house.scope():
        Mailbox.objects.filter(pk=mailbox.pk).update(**fields)


def test_only_mail_that_comes_after_connecting_is_read(acme, imap, mailbox):
    """CH-1."""
    imap.deliver(mail("old"))
    assert catch_up(acme, mailbox) == 0
    imap.deliver(mail("new"))
    assert catch_up(acme, mailbox) == 1
    assert numbers(acme) == ["7:2"]
    assert bytes(kept(acme)[0].body) == mail("new")


def test_mail_that_came_between_connecting_and_the_first_look_is_read(acme, imap):
    imap.deliver(mail("old"))
    mailbox = make_mailbox(acme, imap.port, uid_validity=7, first_uid=1, last_uid=1)
    imap.deliver(mail("new"))
    assert catch_up(acme, mailbox) == 1


def test_an_outage_is_caught_up_in_order(acme, imap, mailbox):
    """P9."""
    catch_up(acme, mailbox)
    for number in range(250):
        imap.deliver(mail(number))
    assert catch_up(acme, mailbox) == 250
    assert numbers(acme) == [f"7:{uid}" for uid in range(1, 251)]
    assert catch_up(acme, mailbox) == 0


def test_nothing_is_marked_on_the_server(acme, imap, mailbox):
    """It neither needs \\Seen nor sets it."""
    catch_up(acme, mailbox)
    uid = imap.deliver(mail(1))
    imap.flags[uid] = {"\\Seen"}
    assert catch_up(acme, mailbox) == 1
    assert imap.flags == {uid: {"\\Seen"}}
    assert not [line for line in imap.commands if line.startswith(("UID_STORE", "SELECT", "UID_MOVE"))]
    assert all("PEEK" in line for line in imap.commands if "BODY" in line)


def test_what_is_read_is_marked_after_it_was_committed(acme, imap, mailbox, monkeypatch):
    change(acme, mailbox, after_reading="seen")
    catch_up(acme, mailbox)
    uid = imap.deliver(mail(1))
    monkeypatch.setattr(fetch, "_point", stop_at("stored"))
    with pytest.raises(PowerCut):
        catch_up(acme, mailbox)
    assert imap.flags == {}
    monkeypatch.setattr(fetch, "_point", lambda name: None)
    assert catch_up(acme, mailbox) == 1
    assert imap.flags == {uid: {"\\Seen"}}


def test_what_is_read_is_moved(acme, imap, mailbox):
    change(acme, mailbox, after_reading="move", move_to="Done")
    catch_up(acme, mailbox)
    imap.deliver(mail(1))
    assert catch_up(acme, mailbox) == 1
    assert imap.folders["Done"] == [mail(1)]
    assert imap.mails == {}


def test_a_folder_that_is_gone_does_not_stop_the_reading(acme, imap, mailbox):
    change(acme, mailbox, after_reading="move", move_to="Gone")
    catch_up(acme, mailbox)
    imap.deliver(mail(1))
    imap.deliver(mail(2))
    assert catch_up(acme, mailbox) == 2
    with acme.scope():
        assert Mailbox.objects.get(pk=mailbox.pk).last_error == "folder"


class PowerCut(BaseException):
    pass


def stop_at(point: str):
    def cut(name: str) -> None:
        if name == point:
            raise PowerCut

    return cut


@pytest.mark.parametrize("point", ["fetched", "stored", "committed"])
def test_a_power_cut_at_any_step_loses_and_doubles_nothing(acme, imap, mailbox, monkeypatch, point):
    catch_up(acme, mailbox)
    imap.deliver(mail(1))
    imap.deliver(mail(2))
    monkeypatch.setattr(fetch, "_point", stop_at(point))
    with pytest.raises(PowerCut):
        catch_up(acme, mailbox)
    monkeypatch.setattr(fetch, "_point", lambda name: None)
    catch_up(acme, mailbox)
    assert numbers(acme) == ["7:1", "7:2"]


def test_new_numbers_make_it_read_everything_again(acme, imap, mailbox):
    """P9: UIDVALIDITY changed. What was there before us stays out; messages are told apart by their Message-ID."""
    imap.deliver(mail("ancient"), datetime.now(UTC) - timedelta(days=90))
    catch_up(acme, mailbox)
    imap.deliver(mail("first"))
    catch_up(acme, mailbox)
    imap.deliver(mail("during"))
    imap.renumber()
    assert catch_up(acme, mailbox) == 2
    assert numbers(acme) == ["7:2", "8:2", "8:3"]
    imap.deliver(mail("after"))
    assert catch_up(acme, mailbox) == 1


def test_old_mail_that_a_move_made_new_comes_in_quietly(acme, imap, mailbox):
    """A server that was moved gives every mail the day of the move: kept, and nobody is rung."""
    catch_up(acme, mailbox)
    imap.deliver(mail("old", Date="Mon, 5 Jan 2015 10:00:00 +0000"))
    imap.deliver(mail("dateless", Date="yesterday"))
    imap.renumber()
    catch_up(acme, mailbox)
    assert [payload.headers.get("backfill", False) for payload in kept(acme)] == [True, False]


def test_older_mail_comes_in_when_asked_for(acme, imap, mailbox):
    """EM-2b: N days back, marked as such, and newer mail is not kept waiting."""
    now = datetime.now(UTC)
    imap.deliver(mail("too old"), now - timedelta(days=40))
    for number in range(25):
        imap.deliver(mail(number), now - timedelta(days=3))
    change(acme, mailbox, backfill_days=30)
    assert catch_up(acme, mailbox) == 20
    imap.deliver(mail("new"))
    assert catch_up(acme, mailbox) == 6
    assert catch_up(acme, mailbox) == 0
    marked = {payload.external_id: payload.headers.get("backfill", False) for payload in kept(acme)}
    assert marked == {f"7:{uid}": True for uid in range(2, 27)} | {"7:27": False}
    with acme.scope():
        assert Mailbox.objects.get(pk=mailbox.pk).backfilled_at


def test_a_mail_that_is_too_large_is_told_of(acme, imap, mailbox):
    """P13: never silent."""
    catch_up(acme, mailbox)
    uid = imap.deliver(mail(1, Content_Type='multipart/mixed;\r\n boundary="x"'))
    imap.sizes[uid] = 60 * 2**20
    assert catch_up(acme, mailbox) == 1
    stub = bytes(kept(acme)[0].body).decode()
    assert "Subject: Lamp 1" in stub
    assert "boundary" not in stub
    assert "too large to be fetched (60 MB)" in stub
    assert not [line for line in imap.commands if "BODY.PEEK[])" in line]


def test_a_mail_that_the_server_will_not_hand_out_does_not_stop_the_next(acme, imap, mailbox):
    """P8."""
    catch_up(acme, mailbox)
    imap.refused.add(imap.deliver(mail(1)))
    imap.deliver(mail(2))
    box = fetch_box(acme, mailbox)
    reader = fetch.Reader(acme.workspace.pk, mailbox.pk, box)
    for _ in range(fetch.REFUSALS - 1):
        with pytest.raises(fetch.MailboxFetchError):
            reader.catch_up()
    assert reader.catch_up() == 2
    assert [payload.headers.get("refused", False) for payload in kept(acme)] == [True, False]
    box.close()


def fetch_box(house, mailbox):
    from channels_app.email.mailbox.dial import open_imap
    from tests.channels_app.mailbox.conftest import account

    return open_imap(account(house, mailbox))


def test_a_paused_channel_takes_nothing_until_it_is_resumed(acme, imap, mailbox):
    catch_up(acme, mailbox)
    with acme.scope():
        pause_channel(acme.email)
    imap.deliver(mail(1))
    with pytest.raises(fetch.Stopped):
        catch_up(acme, mailbox)
    assert kept(acme) == []


@pytest.mark.django_db(transaction=True)
def test_three_pollers_at_once_keep_each_mail_once(acme, imap, mailbox):
    """P2."""
    catch_up(acme, mailbox)
    for number in range(30):
        imap.deliver(mail(number))
    wrong: list[BaseException] = []

    def work() -> None:
        try:
            catch_up(acme, mailbox)
        except BaseException as error:
            wrong.append(error)
        finally:
            connections.close_all()

    in_threads(3, work)
    assert wrong == []
    assert sorted(numbers(acme), key=lambda number: int(number[2:])) == [f"7:{uid}" for uid in range(1, 31)]


def test_after_new_numbers_no_message_is_doubled(acme, imap, mailbox):
    """P9 to the end: what is read again is known by its Message-ID, or by its bytes when it bears none."""
    catch_up(acme, mailbox)
    imap.deliver(mail("first"))
    imap.deliver(mail("nameless").replace(b"Message-ID: <lamp-nameless@pine.example>\r\n", b""))
    catch_up(acme, mailbox)
    understood(acme)
    imap.renumber()
    imap.deliver(mail("second"))
    assert catch_up(acme, mailbox) == 3
    understood(acme)
    with acme.scope():
        subjects = list(
            Message.objects.filter(direction="in").order_by("pk").values_list("subject", flat=True)
        )
    assert subjects == ["Lamp first", "Lamp nameless", "Lamp second"]


def understood(house) -> None:
    for payload in kept(house):
        understand(house.workspace.pk, payload.pk)
    assert all(payload.processed_at for payload in kept(house))
