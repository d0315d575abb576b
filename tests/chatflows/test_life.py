"""The life of a chatflow: made, published, ordered, paused, archived, copied; versions (CF-1 to CF-5, TG-7, TG-8)."""

import pytest
from django.utils import translation

from chatflows import actions, definition
from chatflows.models import Chatflow, FlowKind, FlowStatus
from chatflows.templates_flows import TEMPLATES, made_from
from tests import factories
from workspaces.models import AuditEntry
from workspaces.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    """(channel, admin) of a workspace with a website chat, inside its scope."""
    house = factories.make_house("acme")
    member = factories.make_member(house.workspace, "ada@acme.example", "Ada", Role.ADMIN)
    with house.scope():
        yield house.chat, member


def make(place, template="blank", name="Flow"):
    channel, member = place
    return actions.create(channel, template=template, name=name, language="en", by=member)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_can_be_published_as_it_is(place, template, language):
    """CF-1."""
    channel, member = place
    flow = actions.create(channel, template=template, name="New", language=language, by=member)
    if flow.kind == FlowKind.BOT:
        found = definition.problems(definition.read(flow.versions.get().definition))
        assert not found, [one.words for one in found]
    flow = actions.publish(flow, by=member)
    assert (flow.status, flow.published.number) == (FlowStatus.LIVE, 1)


def test_the_texts_of_a_template_are_in_its_language():
    with translation.override("en"):
        assert made_from("blank", "en")[1]["definition"] == made_from("blank", "en")[1]["definition"]


def test_edits_are_a_draft_until_they_are_published(place):
    """CF-5."""
    flow = actions.publish(make(place), by=place[1])
    first = flow.published
    draft = actions.draft_of(flow, by=place[1])
    assert (draft.number, draft.definition) == (2, first.definition)
    actions.save_draft(flow, revision=draft.revision, by=place[1], targeting={"pages": "all"})
    flow.refresh_from_db()
    assert flow.published_id == first.pk
    flow = actions.publish(flow, by=place[1])
    assert (flow.published.number, flow.published.targeting) == (2, {"pages": "all"})
    first.refresh_from_db()
    assert first.targeting == {}


def test_who_saves_over_anothers_change_is_told(place):
    flow = make(place)
    draft = actions.draft_of(flow, by=place[1])
    actions.save_draft(flow, revision=draft.revision, by=place[1], options={"survey": True})
    with pytest.raises(actions.Stale) as refused:
        actions.save_draft(flow, revision=draft.revision, by=place[1], options={})
    assert refused.value.version.options == {"survey": True}


def test_a_flow_that_does_not_work_is_not_published(place):
    """BE-7."""
    flow = make(place)
    actions.save_draft(flow, revision=None, by=place[1], definition={"format": 1, "start": "x", "steps": []})
    with pytest.raises(actions.NotReady) as refused:
        actions.publish(flow, by=place[1])
    assert refused.value.problems


def test_an_earlier_version_comes_back_as_the_draft(place):
    flow = make(place)
    actions.save_draft(flow, revision=None, by=place[1], options={"survey": True})
    actions.publish(flow, by=place[1])
    actions.save_draft(flow, revision=None, by=place[1], options={})
    actions.publish(flow, by=place[1])
    draft = actions.restore(flow, flow.versions.get(number=1), by=place[1])
    assert (draft.number, draft.options, draft.published_at) == (3, {"survey": True}, None)
    actions.discard_draft(flow, by=place[1])
    assert flow.versions.count() == 2


def test_order(place):
    """TG-7: by steps, by place, to the top and to the bottom; each new one comes last."""
    a, b, c = (make(place, name=name) for name in "abc")

    def order():
        return "".join(Chatflow.objects.present().in_order().values_list("name", flat=True))

    assert order() == "abc"
    for flow, to, wanted in [
        (c, "top", "cab"),
        (a, "up", "acb"),
        (a, "down", "cab"),
        (c, "bottom", "abc"),
        (a, 1, "bac"),
    ]:
        actions.move(flow, to)
        assert order() == wanted
    actions.move(b, "up")
    assert order() == "bac"


def test_paused_archived_and_back(place):
    flow = actions.publish(make(place), by=place[1])
    assert actions.pause(flow).status == FlowStatus.PAUSED
    assert actions.publish(flow, by=place[1]).status == FlowStatus.PAUSED  # publishing switches nothing on
    assert actions.resume(flow).status == FlowStatus.LIVE
    actions.archive(flow)
    assert not Chatflow.objects.present().exists()
    assert actions.unarchive(flow).status == FlowStatus.PAUSED


def test_a_copy_stands_below_as_a_draft(place):
    a, _b = make(place, name="a"), make(place, name="b")
    copy = actions.clone(a, by=place[1])
    assert (copy.status, copy.versions.get().definition) == (FlowStatus.DRAFT, a.versions.get().definition)
    names = list(Chatflow.objects.in_order().values_list("pk", flat=True))
    assert names.index(copy.pk) == names.index(a.pk) + 1


def test_two_versions_on_trial(place):
    flow = actions.publish(make(place), by=place[1])
    actions.save_draft(flow, revision=None, by=place[1], options={"survey": True})
    flow = actions.start_trial(flow, None, 30, by=place[1])
    assert (flow.rival.number, flow.rival_share, flow.published.number) == (2, 30, 1)
    assert actions.publish(flow, by=place[1]).rival_id == flow.rival_id  # nothing new is no third version
    flow = actions.end_trial(flow, keep_rival=True, by=place[1])
    assert (flow.published.number, flow.rival) == (2, None)


def test_a_new_channel_has_its_chat_once(place):
    """FM-2 for Messenger, and what every website chat begins with."""
    channel, _member = place
    first = actions.default_flow(channel)
    assert (first.kind, first.status, first.is_primary) == (FlowKind.LIVE, FlowStatus.LIVE, False)
    assert actions.default_flow(channel) == first


def test_what_is_done_stands_in_the_log(place):
    flow = actions.publish(make(place), by=place[1])
    actions.pause(flow)
    kept = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert kept[-3:] == ["chatflow.created", "chatflow.published", "chatflow.paused"]
