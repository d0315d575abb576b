"""Properties of one's own: typed, checked, written beside each other, and asked for by views."""

import pytest
from django.http import QueryDict
from django.utils import timezone

from contacts.custom import ValuesForm, archive, define, redefine, set_values
from contacts.models import Contact, PropertyDefinition
from conversations.conditions import Asked, clean, to_q
from conversations.conditions_custom import key_of
from conversations.models import Conversation, ConversationDetail
from tests.factories import make_conversation
from workspaces.models import AuditEntry

pytestmark = pytest.mark.django_db
RIGHT = [
    ("text", "Lamp", "Lamp"), ("long", "a\nb", "a\r\nb"), ("number", 12.5, "12.5"), ("date", "2026-03-29", "2026-03-29"),
    ("choice", "Gold", "Gold"), ("many", ["Gold", "New"], ["Gold", "New"]), ("check", True, "on"),
    ("url", "https://pine.example", "pine.example"), ("email", "a@b.example", "a@b.example"), ("phone", "+33 4 00", "+33 4 00"),
]  # fmt: skip
WRONG = [
    ("number", "many"), ("date", "31/02/2026"), ("choice", "Silver"), ("many", ["Silver"]), ("url", "javascript:1"),
    ("email", "nobody"), ("phone", "call me"), ("text", "x" * 301),
]  # fmt: skip


def make(sort: str, about: str = "contact", **settings) -> PropertyDefinition:
    return define(about=about, sort=sort, label=f"Our {sort}", options=["Gold", "New"], **settings)


def typed(one, value) -> ValuesForm:
    return ValuesForm({f"{one.about}-{one.key}": value}, about=one.about, values={})


@pytest.mark.parametrize(("sort", "kept", "value"), RIGHT)
def test_what_is_typed_is_kept_by_its_sort(in_acme, sort, kept, value):
    one = make(sort)
    if sort == "many":
        data = QueryDict(mutable=True)
        data.setlist(f"contact-{one.key}", value)
        form = ValuesForm(data, about="contact", values={})
    else:
        form = typed(one, value)
    assert form.is_valid(), form.errors
    contact = Contact.objects.create(name="James")
    set_values(contact, form.values())
    contact.refresh_from_db()
    found = contact.custom[one.key]
    assert (found.replace("\r", "") if isinstance(found, str) else found) == kept


@pytest.mark.parametrize(("sort", "value"), WRONG)
def test_what_does_not_fit_is_refused(in_acme, sort, value):
    assert not typed(make(sort), value).is_valid()


def test_required_is_required(in_acme):
    assert not typed(make("text", is_required=True), "").is_valid()


def test_archived_is_not_shown_and_its_values_stay(in_acme):
    one = make("text")
    contact = Contact.objects.create(name="James", custom={one.key: "Lamp"})
    archive(one, True)
    assert not ValuesForm(about="contact", values=contact.custom).fields
    other = define(about="contact", sort="text", label="Other")
    set_values(contact, {other.key: "x"})
    contact.refresh_from_db()
    assert contact.custom == {one.key: "Lamp", other.key: "x"}


@pytest.mark.parametrize("about", ["contact", "conversation"])
@pytest.mark.parametrize(
    ("sort", "value", "op", "wanted", "other"),
    [
        ("text", "Lamp shade", "contains", "lamp", "sofa"),
        ("choice", "Gold", "is", ["Gold"], ["New"]),
        ("many", ["Gold", "New"], "is", ["New"], ["Old"]),
        ("date", "2026-03-29", "after", "2026-03-01", "2026-04-01"),
        ("check", True, "yes", None, None),
    ],
)
def test_views_ask_for_them(in_acme, ada, about, sort, value, op, wanted, other):
    one = make(sort, about)
    conversation = make_conversation(in_acme)
    row = (
        conversation.contact
        if about == "contact"
        else ConversationDetail.objects.get(conversation=conversation)
    )
    set_values(row, {one.key: value})

    def finds(op, value) -> bool:
        line = {"field": key_of(one), "op": op} | ({} if value is None else {"value": value})
        conditions = clean({"any": [{"all": [line]}]})
        return Conversation.objects.filter(to_q(conditions, Asked(ada.pk, timezone.now()))).exists()

    assert finds(op, wanted)
    if other:
        assert not finds(op, other)
    denied = {"contains": "lacks", "is": "is_not", "yes": "no"}.get(op)
    if denied:
        assert not finds(denied, wanted)


def test_the_part_beside_a_conversation_saves_all_or_nothing(acme, ada, client_of):
    with acme.scope():
        one, two = make("number"), make("date", "conversation")
        conversation = make_conversation(acme)
    client, url = client_of(ada), f"/w/acme/conversations/{conversation.pk}/custom/"
    assert "Our number" in client.get(url).text
    bad = client.post(url, {f"contact-{one.key}": "7", f"conversation-{two.key}": "never"})
    assert bad.status_code == 422 and 'value="never"' in bad.text
    client.post(url, {f"contact-{one.key}": "7", f"conversation-{two.key}": "2026-01-02"})
    with acme.scope():
        assert Contact.objects.get(pk=conversation.contact_id).custom == {one.key: 7.0}
        assert ConversationDetail.objects.get(conversation=conversation).custom == {two.key: "2026-01-02"}
    shown = client.get(url).text
    assert 'value="7"' in shown and 'value="2026-01-02"' in shown, "what is kept is what is sent again"


def test_settings_pages(acme, ada, ben, client_of):
    client = client_of(ada)
    new = {
        "label": "Tier",
        "about": "contact",
        "sort": "choice",
        "position": 1,
        "options": "",
        "in_sidebar": "on",
    }
    assert client.post("/w/acme/settings/properties/new/", new).status_code == 422
    client.post("/w/acme/settings/properties/new/", new | {"options": "Gold\nGold\n New "})
    with acme.scope():
        one = PropertyDefinition.objects.get()
        assert one.options == ["Gold", "New"]
        redefine(one, label="Level")
        assert AuditEntry.objects.filter(action="property.changed").get().after == {"label": "Level"}
    assert "Level" in client.get(f"/w/acme/settings/properties/{one.pk}/").text
    assert client_of(ben).get("/w/acme/settings/properties/").status_code == 404
