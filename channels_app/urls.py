"""Addresses of mail: mailboxes, their health, and what came in."""

from django.urls import path

from channels_app.views import consent, health, letters, listing, mailboxes, parked

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
]
