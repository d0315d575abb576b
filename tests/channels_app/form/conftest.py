"""A form of Acme's, published with every kind of field that a test asks for."""

import re

import pytest
from django.test import Client

from channels_app.form import gate, versions
from channels_app.form.definition import Condition, Field, Form
from inboxes.models import Channel

FIELDS = (
    Field("name", "text", "Your name", required=True, maps_to="name"),
    Field("email", "email", "Your email address", required=True, maps_to="email"),
    Field("topic", "choice", "What is it about?", options=("A lamp", "An invoice")),
    Field(
        "number",
        "number",
        "Number of the invoice",
        required=True,
        shown_if=Condition("topic", "is", "An invoice"),
    ),
    Field("phone", "phone", "Telephone", maps_to="phone"),
    Field("message", "long", "Your message", required=True),
    Field("photo", "file", "A photo"),
    Field("source", "hidden", "Source", value="site"),
    Field("news", "consent", "Newsletter", text="Write to me about new lamps."),
)
FORM = Form(title="Write to us", fields=FIELDS, language="en")
GOOD = {
    "name": "James Whitfield",
    "email": "james@pine.example",
    "topic": "A lamp",
    "message": "It flickers.",
}
TOKEN = re.compile(r'name="token" value="([^"]+)"')


def publish(house, ada, form: Form = FORM, **config) -> None:
    with house.scope():
        Channel.objects.filter(pk=house.form.pk).update(config={"sites": [], **config})
        versions.save_draft(house.form, form)
        versions.publish(house.form, by=ada)


@pytest.fixture
def form(acme, ada):
    publish(acme, ada)
    return acme.form


@pytest.fixture(autouse=True)
def _time_to_write(monkeypatch):
    """Two seconds pass between a page and what comes of it, without anybody waiting for them."""
    monkeypatch.setattr(gate, "SOONEST", 0)


class Page:
    """A browser on the hosted page: it posts what it was given, from its own origin."""

    def __init__(self, key: str = "acme-form"):
        self.client, self.url = Client(), f"/live/forms/{key}/"

    def token(self, query: str = "") -> str:
        return TOKEN.search(self.client.get(self.url + query).content.decode())[1]

    def send(self, given: dict, *, token: str | None = None, **headers):
        data = {"token": self.token() if token is None else token, **given}
        return self.client.post(self.url, data, headers={"Origin": "http://testserver", **headers})


@pytest.fixture
def page() -> Page:
    return Page()
