"""One verb for many conversations (ST-6)."""

import pytest
from django.core.exceptions import ValidationError

from conversations import bulk
from conversations.actions import set_status
from conversations.models import Conversation, Label, Macro, Status
from inboxes.actions import create_inbox
from tests.factories import make_conversation


def some(house, n: int) -> list[int]:
    return [make_conversation(house, external_id=f"<{number}@x>").pk for number in range(n)]


def test_closing_many_and_taking_it_back(in_acme, ben):
    ids = some(in_acme, 4)
    set_status(Conversation.objects.get(pk=ids[0]), Status.CLOSED, by=ben)
    job = bulk.start("close", ids, {}, by=ben)
    assert (job.changed, job.is_running()) == (3, False)
    bulk.take_back(job, by=ben)
    assert Conversation.objects.filter(status=Status.OPEN).count() == 3
    with pytest.raises(bulk.TooLate):
        bulk.take_back(job, by=ben)


def test_a_long_job_goes_on_batch_by_batch(in_acme, ben):
    """Run again after a death, it begins where it was."""
    job = bulk.start("assign", some(in_acme, 30), {"to": f"member:{ben.pk}"}, by=ben)
    assert job.changed == 0
    assert bulk.step(job.pk) and not bulk.step(job.pk) and not bulk.step(job.pk)
    assert Conversation.objects.filter(assignee=ben).count() == 30


def test_each_conversation_is_looked_at_anew(in_acme, ada, ben):
    """AC-1: reading is not working."""
    ids = some(in_acme, 2)
    Conversation.objects.filter(pk=ids[0]).update(inbox=create_inbox(name="Sales", members=[ben]))
    assert bulk.start("close", ids, {}, by=ada).changed == 1


def test_what_changed_meanwhile_is_left_alone(in_acme, ben):
    ids = some(in_acme, 2)
    job = bulk.start("close", ids, {}, by=ben)
    set_status(Conversation.objects.get(pk=ids[0]), Status.OPEN, by=ben)
    bulk.take_back(job, by=ben)
    assert Conversation.objects.filter(status=Status.OPEN).count() == 2


@pytest.mark.parametrize("verb", ["spam", "trash", "read"])
def test_other_verbs_go_and_come_back(in_acme, ben, verb):
    job = bulk.start(verb, some(in_acme, 2), {}, by=ben)
    assert job.changed == 2
    assert bulk.take_back(job, by=ben).undone_at


def test_an_unknown_verb_or_person_is_refused(in_acme, ben):
    for verb, told in (("erase", {}), ("assign", {"to": "member:0"}), ("move", {"inbox": "x"})):
        with pytest.raises(ValidationError):
            bulk.start(verb, some(in_acme, 1), told, by=ben)


def test_a_macro_on_many_says_what_was_refused(in_acme, ben):
    """The toast counts where not everything could be done, and why."""
    ids = some(in_acme, 3)
    gone = Label.objects.create(name="Gone")
    deeds = [{"do": "label", "value": str(gone.pk)}, {"do": "priority", "value": "high"}]
    macro = Macro.objects.create(name="Sort", deeds=deeds)
    gone.delete()
    job = bulk.start("macro", ids, {"macro": str(macro.pk)}, by=ben)
    said = bulk.in_words(job)
    assert "3 conversations" in said and "In 3 of them not everything" in said
    assert said.count("This label is not here any more.") == 1
    assert Conversation.objects.filter(priority="high").count() == 3
