"""The builder: made, changed as a draft, published, brought back. People see what is published."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from channels_app.form import definition, versions
from channels_app.form.shown import own_html
from channels_app.models import FormVersion
from contacts.models import PropertyDefinition
from inboxes.models import Channel
from tests.channels_app.form.conftest import FORM

pytestmark = pytest.mark.django_db


@pytest.fixture
def builder(acme, ada, client_of):
    client = client_of(ada)
    client.post(reverse("channels:connect_form", args=["acme", acme.inbox.pk]))
    with acme.scope():
        channel = Channel.objects.filter(kind="form").latest("pk")
    return Builder(client, channel, acme)


class Builder:
    def __init__(self, client: Client, channel: Channel, house):
        self.client, self.channel, self.house = client, channel, house

    def url(self, name: str = "form", *args) -> str:
        return reverse(f"channels:{name}", args=["acme", self.channel.pk, *args])

    def post(self, name: str, /, *args, **data):
        return self.client.post(self.url(name, *args), data, follow=True)

    def drawn(self) -> definition.Form:
        with self.house.scope():
            return definition.read(versions.shown_to_maker(self.channel).definition)

    def public(self) -> str:
        return Client().get(f"/live/forms/{self.channel.identifier}/").content.decode()


def test_a_new_form_works_at_once(builder):
    assert "Your message" in builder.public()
    page = builder.client.get(builder.url()).content.decode()
    assert "data-form=" in page and f"/live/forms/{builder.channel.identifier}/" in page


def test_a_change_is_seen_when_it_is_published(builder, acme):
    builder.post("form_add", kind="choice")
    builder.post(
        "form_field",
        "one_of_a_list",
        label="Topic",
        key="topic",
        options="A lamp\nAn invoice",
        help="Pick one",
    )
    assert "Topic" not in builder.public()
    assert "Topic" in builder.client.get(builder.url("form_preview")).content.decode()
    builder.post("form_publish")
    assert "Topic" in builder.public() and "An invoice" in builder.public()
    builder.post("form_draft", version="1")
    builder.post("form_publish")
    assert "Topic" not in builder.public()
    with acme.scope():
        assert FormVersion.objects.filter(channel=builder.channel).count() == 3


def test_fields_move_by_buttons_and_by_place(builder):
    builder.post("form_place", "message", to="up")
    assert [one.key for one in builder.drawn().fields] == ["name", "message", "email"]
    builder.post("form_place", "email", to="0")
    assert [one.key for one in builder.drawn().fields] == ["email", "name", "message"]


def test_a_condition_follows_a_renamed_field_and_goes_with_a_removed_one(builder):
    same = {"label": "Your message", "shown_field": "name", "shown_op": "filled", "key": "message"}
    builder.post("form_field", "message", **same)
    builder.post("form_field", "name", label="Your name", key="who", maps_to="name", required="on")
    assert builder.drawn().get("message").shown_if.field == "who"
    builder.post("form_remove", "who")
    assert builder.drawn().get("message").shown_if is None


def test_what_cannot_work_is_not_published(builder):
    builder.post("form_add", kind="consent")
    page = builder.post("form_publish").content.decode()
    assert "does not say what is agreed to" in page
    assert "Consent" not in builder.public()


def test_a_form_without_an_address_is_warned_about(builder):
    """FO-3."""
    page = builder.post("form_remove", "email").content.decode()
    assert "nobody who fills this in can be answered" in page


def test_the_page_to_go_to_is_on_a_listed_site(builder):
    texts = {"title": "Write to us", "language": "fr", "redirect": "https://evil.example/x"}
    refused = builder.client.post(builder.url("form_texts"), texts)
    assert refused.status_code == 422 and builder.drawn().redirect == ""
    builder.post(
        "form_settings",
        name="Contact",
        challenge="busy",
        theme="auto",
        sites="https://lumen.example",
        accent="#aa3300",
        automation="on",
    )
    builder.post("form_texts", **texts | {"redirect": "https://lumen.example/thanks"})
    builder.post("form_publish")
    answer = Client().get(f"/live/forms/{builder.channel.identifier}/")
    assert "form-action 'self' https://lumen.example" in answer["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://lumen.example" in answer["Content-Security-Policy"]
    assert "--accent: #aa3300" in answer.content.decode() and 'lang="fr"' in answer.content.decode()


def test_own_properties_can_be_chosen(builder, acme):
    with acme.scope():
        PropertyDefinition.objects.create(about="contact", label="Customer number", sort="text")
    assert "Customer number" in builder.client.get(builder.url("form_field", "message")).content.decode()


def test_a_file_may_be_limited(builder):
    builder.post("form_add", kind="file")
    key = builder.drawn().fields[-1].key
    same = {"label": "A photo", "key": key, "value": "pictures"}
    refused = builder.client.post(builder.url("form_field", key), same | {"most": "400"})
    assert refused.status_code == 422
    builder.post("form_field", key, **same, most="2")
    assert (builder.drawn().get(key).value, builder.drawn().get(key).most) == ("pictures", "2")
    builder.post("form_field", key, label="A photo", key=key, value="", most="")
    assert (builder.drawn().get(key).value, builder.drawn().get(key).most) == ("", "")


def test_only_who_manages_inboxes_comes_in(builder, ben, client_of):
    assert client_of(ben).get(builder.url()).status_code == 404


def test_a_new_field_speaks_the_language_of_the_form(builder):
    builder.post("form_texts", title="Écrivez-nous", language="fr")
    builder.post("form_add", kind="file")
    assert builder.drawn().fields[-1].label == "Fichier"


def test_the_html_for_a_page_of_ones_own_sends_each_kind_as_it_is():
    made = own_html(FORM, "https://parley.example/live/forms/x/")
    assert (
        '<form action="https://parley.example/live/forms/x/" method="post" enctype="multipart/form-data">'
        in made
    )
    assert (
        '<textarea name="message" required></textarea>' in made
        and 'type="file" name="photo" multiple' in made
    )
    assert '<input type="hidden" name="source" value="site">' in made
    assert '<option value=""></option><option>A lamp</option>' in made
    assert 'name="number" required' not in made  # asked of nobody but who came by an invoice
    evil = own_html(replace(FORM, button='</textarea><script>"'), "https://parley.example/")
    assert "<script>" not in evil
