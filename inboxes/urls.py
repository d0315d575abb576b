"""Addresses of inboxes and channels: first set-up, settings, availability."""

from django.urls import path

from inboxes import views

app_name = "inboxes"

urlpatterns = [
    path("welcome/", views.welcome, name="welcome"),
    path("w/<slug:workspace>/welcome/<int:pk>/", views.setup_channel, name="setup_channel"),
    path("w/<slug:workspace>/welcome/<int:pk>/snippet/", views.setup_snippet, name="setup_snippet"),
    path("w/<slug:workspace>/availability/", views.availability, name="availability"),
    path("w/<slug:workspace>/settings/availability/", views.people, name="people"),
    path("w/<slug:workspace>/settings/availability/rules/", views.away_rules, name="away_rules"),
    path("w/<slug:workspace>/settings/availability/<int:pk>/", views.person, name="person"),
    path("w/<slug:workspace>/settings/inboxes/", views.inboxes, name="list"),
    path("w/<slug:workspace>/settings/inboxes/new/", views.create, name="create"),
    path("w/<slug:workspace>/settings/inboxes/<int:pk>/", views.inbox, name="inbox"),
    path("w/<slug:workspace>/settings/inboxes/<int:pk>/access/", views.access, name="access"),
    path("w/<slug:workspace>/settings/inboxes/<int:pk>/channels/", views.connect, name="connect"),
    path("w/<slug:workspace>/settings/filters/", views.filters, name="filters"),
    path("w/<slug:workspace>/settings/filters/senders/", views.add_senders, name="add_senders"),
    path("w/<slug:workspace>/settings/filters/senders/<int:pk>/", views.remove_sender, name="remove_sender"),
    path("w/<slug:workspace>/settings/filters/switches/", views.filter_switches, name="filter_switches"),
    path("w/<slug:workspace>/settings/channels/<int:pk>/", views.channel, name="channel"),
    path("w/<slug:workspace>/settings/channels/<int:pk>/activity/", views.channel_activity, name="activity"),
]
