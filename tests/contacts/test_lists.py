"""Lists of contacts: by hand, by a rule; asked for by the list page, rules, bots and chatflows."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from chatflows import forms_target
from chatflows import lists as flow_lists
from chatflows.actions import archive, create, draft_of, save_draft
from chatflows.doers import Doing, carry_out
from chatflows.visitor_rules import Facts, line_of, meets
from contacts import bulk, list_marks, lists
from contacts.actions import create_contact, set_blocked, set_deleted, set_property
from contacts.filters import filters_for
from contacts.merge import merge, part
from contacts.models import Contact, ContactList, ListMember, PropertyChange
from contacts.people import Asked, page_of
from conversations import deeds
from tests.factories import make_conversation, make_member
from workspaces.permissions import Role


def on(one: ContactList) -> list[str]:
    return sorted(Contact.objects.filter(list_rows__contact_list=one).values_list("name", flat=True))


def look() -> None:
    for pk in ContactList.objects.values_list("pk", flat=True):
        lists.catch_up(pk)


def path(name: str, *args) -> str:
    return reverse(f"contacts:{name}", args=["acme", *args])


@pytest.fixture
def people(in_acme):
    anna, otto, zoe = (create_contact(name=name) for name in ("Anna", "Otto", "Zoe"))
    set_property(anna, "language", "fr")
    set_property(zoe, "language", "fr")
    return anna, otto, zoe


def test_a_list_by_hand_is_filled_asked_for_and_merged(ben, people):
    anna, otto, zoe = people
    one = lists.save_list(None, name="Press", by=ben)
    assert lists.add(one, [anna.pk, otto.pk]) == 2 and lists.add(one, [anna.pk]) == 0
    one.refresh_from_db()
    assert one.size == 2 and on(one) == ["Anna", "Otto"]
    job = bulk.start("list_add", [anna.pk, zoe.pk], {"list_pk": str(one.pk)}, by=ben)
    assert job.changed == 1 and on(one) == ["Anna", "Otto", "Zoe"]
    bulk.take_back(job, by=ben)
    assert on(one) == ["Anna", "Otto"]
    asked = Asked(filters={"list": str(one.pk)}, sort="name")
    assert [row.name for row in page_of(asked, ben, filters_for(ben, [])).rows] == ["Anna", "Otto"]
    with pytest.raises(ValidationError):
        bulk.start("list_add", [anna.pk], {"list_pk": "99"}, by=ben)
    with pytest.raises(ValidationError):
        lists.save_list(None, name=" press ", by=ben)
    # Both on one list: merging leaves one place, parting gives the other theirs again.
    record = merge(anna, otto, by=ben)
    assert on(one) == ["Anna"]
    part(record)
    assert on(one) == ["Anna", "Otto"]


def test_a_rule_keeps_its_list_as_contacts_change_and_time_passes(ben, people):
    anna, otto, zoe = people
    n, some = lists.preview({"language": "fr", "list": "1"}, ben)
    assert n == 2 and {one.name for one in some} == {"Anna", "Zoe"}
    one = lists.save_list(
        None, name="French", by=ben, rule={"language": "fr", "blocked": "0", "nonsense": "1"}
    )
    assert one.rule == {"language": "fr", "blocked": "0"} and on(one) == ["Anna", "Zoe"]
    set_blocked(zoe, True)
    set_property(otto, "language", "fr")
    set_deleted(anna, True)
    look()
    one.refresh_from_db()
    assert on(one) == ["Otto"] and one.size == 1
    # Nothing says that time passed: everybody is looked at once an hour.
    late = lists.save_list(None, name="Seen", by=ben, rule={"seen": "7"})
    assert on(late) == ["Otto", "Zoe"]
    long_ago = timezone.now() - timedelta(days=9)
    Contact.objects.filter(pk=otto.pk).update(last_seen_at=long_ago, created_at=long_ago)
    PropertyChange.objects.update(at=long_ago)
    look()
    assert on(late) == ["Otto", "Zoe"]
    ContactList.objects.update(counted_at=timezone.now() - timedelta(hours=2))
    look()
    assert on(late) == ["Zoe"]


def test_a_question_that_is_gone_means_nobody_and_not_everybody(acme, ben, people):
    ada = make_member(acme.workspace, "x@acme.example", "Xenia", Role.AGENT)
    set_property(people[0], "owner", str(ada.pk))
    one = lists.save_list(None, name="Hers", by=ben, rule={"owner": str(ada.pk)})
    assert on(one) == ["Anna"]
    ada.deactivated_at = timezone.now()
    ada.save()
    lists.fill(one)
    assert on(one) == []
    with pytest.raises(ValidationError):
        lists.save_list(None, name="All", by=ben, rule={"owner": "999"})


def test_pages_of_lists(client_of, acme, ben, people, django_assert_max_num_queries):
    client = client_of(ben)
    client.get(path("lists"))
    made = client.post(path("new_list") + "?kind=rule", {"name": "French", "language": "fr"})
    one = ContactList.objects.get()
    assert made.url == path("list_of", one.pk) and on(one) == ["Anna", "Zoe"]
    tried = client.post(
        path("list_of", one.pk), {"name": "French", "language": "en", "try": ""}
    ).content.decode()
    assert "0 contacts would be on it" in tried and on(one) == ["Anna", "Zoe"]
    client.post(path("new_list"), {"name": "Press"})
    press = ContactList.objects.get(name="Press")
    client.post(path("lists_of", people[1].pk), {"list_pk": press.pk})
    assert on(press) == ["Otto"] and "Press" in client.get(path("show", people[1].pk)).content.decode()
    client.post(path("lists_of", people[1].pk), {"list_pk": one.pk})
    assert on(one) == ["Anna", "Zoe"]
    with django_assert_max_num_queries(24):
        page = client.get(path("lists")).content.decode()
    assert "French" in page and "2 contacts" in page
    assert client.post(path("new_list"), {"name": "press"}).status_code == 422
    other = make_member(acme.workspace, "o@acme.example", "Olaf", Role.AGENT)
    assert client_of(other).post(path("drop_list", one.pk)).status_code == 404
    client.post(path("drop_list", one.pk))
    assert not ListMember.objects.filter(contact_list=one.pk).exists()
    # AC-6: who does not see everybody makes no rule about everybody.
    rita = make_member(acme.workspace, "r@acme.example", "Rita", Role.RESTRICTED)
    client_of(rita).post(path("new_list") + "?kind=rule", {"name": "Spy", "language": "fr"})
    assert not ContactList.objects.filter(name="Spy", kind="rule").exists()


def test_rules_and_bots_put_people_on_lists_and_chatflows_ask_for_them(acme, ben, in_acme):
    """Deeds of macros and rules; the bot's step; TG-5: a line about a list names it."""
    conversation = make_conversation(acme)
    press = lists.save_list(None, name="Press", by=ben)
    rule = lists.save_list(None, name="Ruled", by=ben, rule={"language": "fr"})
    add, drop = ({"do": f"list_{how}", "value": str(press.pk)} for how in ("add", "drop"))
    cleaned = deeds.clean([add, drop], by=ben)
    assert deeds.describe_all([cleaned]) == [["Put the contact on “Press”", "Take the contact off “Press”"]]
    with pytest.raises(ValidationError):
        deeds.clean([{"do": "list_add", "value": str(rule.pk)}], by=ben)
    told = {"actor": ben, "cause": None, "key": "x"}
    assert deeds.apply(conversation, [add], **told)[0].done and on(press) == ["James Whitfield"]
    assert deeds.apply(conversation, [drop], **told)[0].done and on(press) == []
    doing = Doing(session=None, conversation=conversation, bot="Bot")
    for name in (" press ", "Ruled", "Nobody's"):
        carry_out(doing, {"do": "list", "list": name})
    assert on(press) == ["James Whitfield"] and on(rule) == []
    theirs = list_marks.of_contact(conversation.contact_id)
    assert theirs == {"Press", f"#{press.pk}"}
    for written in ("press", f"#{press.pk}"):
        line = line_of({"field": "list", "op": "any_of", "value": [written, "vip"]})
        assert meets(line, Facts(lists=theirs)) and not meets(line, Facts())
    lists.delete_list(press)
    refused = deeds.apply(conversation, [add], **told)[0]
    assert not refused.done and "not here any more" in refused.why


def test_chatflows_keep_the_mark_of_a_list_and_hold_on_to_it(client_of, acme, ada, ben, in_acme):
    """TG-5, BE-2: a new name breaks nothing, old names are read and become marks, and a list in use is not deleted."""
    press = lists.save_list(None, name="Press", by=ben)
    flow = create(acme.chat, template="blank", name="Greeter", language="en", by=ben)
    step = {"id": "add", "kind": "list", "name": "Add", "list": "press"}
    line = {"field": "list", "op": "any_of", "value": ["Press", "vip"]}
    told = {"definition": {"steps": [step]}, "targeting": {"visitor": {"any": [{"all": [line]}]}}}
    save_draft(flow, revision=None, by=ben, **told)
    assert list_marks.uses_of(press) == ["Chatflow “Greeter”"]
    with pytest.raises(ValidationError, match="Greeter"):
        lists.delete_list(press)
    press = lists.save_list(press, name="Newspapers", by=ben)
    draft = draft_of(flow, ben)
    assert draft.definition["steps"][0]["list"] == f"#{press.pk}"
    kept = draft.targeting["visitor"]["any"][0]["all"][0]["value"]
    assert kept == [f"#{press.pk}", "vip"] and flow_lists.chosen("newspapers") == f"#{press.pk}"
    raw = forms_target.shown(draft.targeting)
    assert raw["groups"][0][0]["value"] == "Newspapers, vip"
    assert forms_target.read(raw)[1] == ["There is no list “vip”."]
    doing = Doing(session=None, conversation=make_conversation(acme), bot="Bot")
    carry_out(doing, {"do": "list", "list": f"#{press.pk}"})
    assert on(press) == ["James Whitfield"]
    owner = client_of(ada)
    page = owner.get(reverse("chatflows:step", args=["acme", flow.pk, "add"]))
    assert f'value="#{press.pk}" selected' in page.content.decode()
    file = owner.get(reverse("chatflows:export", args=["acme", flow.pk])).json()
    assert file["flow"]["steps"][0]["list"] == "Newspapers"
    assert (
        "Greeter" in client_of(ben).get(reverse("contacts:list_of", args=["acme", press.pk])).content.decode()
    )
    archive(flow)
    lists.delete_list(press)
