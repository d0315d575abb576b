"""Addresses of mail: mailboxes, their health, and what came in."""

from django.urls import path

from channels_app.api_channel import pages as api
from channels_app.form import pages as forms
from channels_app.views import (
    consent,
    health,
    letters,
    listing,
    mailboxes,
    messenger,
    messenger_control,
    parked,
)

app_name = "channels"

urlpatterns = [
    path("conversations/<int:pk>/letters/<int:message_pk>/", letters.letter, name="letter"),
    path("conversations/<int:pk>/letters/<int:message_pk>/source/", letters.source, name="source"),
    path("conversations/<int:pk>/letters/<int:message_pk>/file/", letters.download, name="download"),
    path(
        "conversations/<int:pk>/letters/<int:message_pk>/pictures/",
        letters.show_pictures,
        name="show_pictures",
    ),
    path("conversations/<int:pk>/letters/<int:message_pk>/accepted/", letters.accept, name="accept"),
    path("settings/inboxes/<int:pk>/mail/", mailboxes.choose, name="choose"),
    path("settings/inboxes/<int:pk>/mail/imap/", mailboxes.imap, name="imap"),
    path("settings/inboxes/<int:pk>/mail/forwarding/", mailboxes.forwarding, name="forwarding"),
    path("settings/inboxes/<int:pk>/mail/<slug:provider>/", consent.consent, name="consent"),
    path("settings/inboxes/<int:pk>/messenger/", messenger.messenger, name="messenger"),
    path("settings/inboxes/<int:pk>/messenger/consent/", messenger.consent, name="messenger_consent"),
    path("settings/inboxes/<int:pk>/messenger/pages/", messenger.pages, name="messenger_pages"),
    path("settings/messenger/<int:pk>/", messenger.page, name="messenger_page"),
    path("settings/messenger/<int:pk>/token/", messenger.renewal, name="messenger_renewal"),
    path("conversations/<int:pk>/thread-control/", messenger_control.thread_control, name="thread_control"),
    path("settings/channels/", listing.channels, name="list"),
    path("settings/channels/<int:pk>/disconnection/", listing.disconnect, name="disconnect"),
    path("settings/channels/<int:pk>/reconnection/", listing.reconnection, name="reconnection"),
    path("settings/unread/", parked.parked, name="parked"),
    path("settings/unread/<int:pk>/source/", parked.parked_source, name="parked_source"),
    path("settings/unread/<int:pk>/retry/", parked.parked_retry, name="parked_retry"),
    path("settings/mail/<int:pk>/", health.mailbox, name="mailbox"),
    path("settings/mail/<int:pk>/address/", health.local_part, name="local_part"),
    path("settings/mail/<int:pk>/password/", mailboxes.reconnect, name="reconnect"),
    path("settings/mail/<int:pk>/verification/", mailboxes.verification, name="verification"),
    path("settings/mail/<int:pk>/disconnection/", mailboxes.disconnection, name="disconnection"),
    path("settings/inboxes/<int:pk>/forms/", forms.connect, name="connect_form"),
    path("settings/forms/<int:pk>/", forms.form, name="form"),
    path("settings/forms/<int:pk>/texts/", forms.texts, name="form_texts"),
    path("settings/forms/<int:pk>/fields/", forms.add_field, name="form_add"),
    path("settings/forms/<int:pk>/fields/<slug:name>/", forms.field, name="form_field"),
    path("settings/forms/<int:pk>/fields/<slug:name>/place/", forms.place, name="form_place"),
    path("settings/forms/<int:pk>/fields/<slug:name>/removal/", forms.remove_field, name="form_remove"),
    path("settings/forms/<int:pk>/publication/", forms.publish, name="form_publish"),
    path("settings/forms/<int:pk>/draft/", forms.draft, name="form_draft"),
    path("settings/forms/<int:pk>/preview/", forms.preview, name="form_preview"),
    path("settings/forms/<int:pk>/settings/", forms.settings, name="form_settings"),
    path("settings/inboxes/<int:pk>/api/", api.connect, name="connect_api"),
    path("settings/api/<int:pk>/", api.channel, name="api"),
    path("settings/api/<int:pk>/secret/", api.renew, name="api_secret"),
]
