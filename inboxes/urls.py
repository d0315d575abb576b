"""Addresses of inboxes and channels: first set-up, settings, availability."""

from django.urls import path

from inboxes import views

app_name = "inboxes"

urlpatterns = [
    path("welcome/", views.welcome, name="welcome"),
    path("w/<slug:workspace>/welcome/", views.setup, name="setup"),
    path("w/<slug:workspace>/welcome/mail/", views.setup_mail, name="setup_mail"),
    path("w/<slug:workspace>/welcome/done/", views.hide_checklist, name="hide_checklist"),
    path("w/<slug:workspace>/welcome/<int:pk>/developer/", views.mail_snippet, name="mail_snippet"),
    path("w/<slug:workspace>/welcome/<int:pk>/test/", views.setup_test, name="setup_test"),
    path("w/<slug:workspace>/welcome/<int:pk>/", views.setup_channel, name="setup_channel"),
    path("w/<slug:workspace>/welcome/<int:pk>/snippet/", views.setup_snippet, name="setup_snippet"),
    path("w/<slug:workspace>/availability/", views.availability, name="availability"),
    path("w/<slug:workspace>/settings/availability/", views.people, name="people"),
    path("w/<slug:workspace>/settings/availability/rules/", views.away_rules, name="away_rules"),
    path("w/<slug:workspace>/settings/availability/<int:pk>/", views.person, name="person"),
    path("w/<slug:workspace>/settings/availability/<int:pk>/load/", views.taker, name="taker"),
    path("w/<slug:workspace>/settings/availability/<int:pk>/hours/", views.member_hours, name="member_hours"),
    path(
        "w/<slug:workspace>/settings/availability/<int:pk>/no-hours/",
        views.no_member_hours,
        name="no_member_hours",
    ),
    path("w/<slug:workspace>/settings/availability/<int:pk>/absences/", views.absences, name="absences"),
    path(
        "w/<slug:workspace>/settings/availability/<int:pk>/absences/<int:absence_pk>/",
        views.no_absence,
        name="no_absence",
    ),
    path("w/<slug:workspace>/settings/hours/", views.hours, name="hours"),
    path("w/<slug:workspace>/settings/hours/none/", views.no_hours, name="no_hours"),
    path("w/<slug:workspace>/settings/channels/<int:pk>/opening/", views.opening, name="opening"),
    path("w/<slug:workspace>/settings/channels/<int:pk>/hours/", views.channel_hours, name="channel_hours"),
    path("w/<slug:workspace>/settings/channels/<int:pk>/own-hours/", views.own_hours, name="own_hours"),
    path("w/<slug:workspace>/settings/inboxes/", views.inboxes, name="list"),
    path("w/<slug:workspace>/settings/inboxes/new/", views.create, name="create"),
    path("w/<slug:workspace>/settings/inboxes/<int:pk>/", views.inbox, name="inbox"),
    path("w/<slug:workspace>/settings/inboxes/<int:pk>/access/", views.access, name="access"),
    path("w/<slug:workspace>/settings/inboxes/<int:pk>/channels/", views.connect, name="connect"),
    path("w/<slug:workspace>/settings/inboxes/<int:pk>/deletion/", views.delete, name="delete"),
    path("w/<slug:workspace>/settings/filters/", views.filters, name="filters"),
    path("w/<slug:workspace>/settings/filters/senders/", views.add_senders, name="add_senders"),
    path("w/<slug:workspace>/settings/filters/senders/<int:pk>/", views.remove_sender, name="remove_sender"),
    path("w/<slug:workspace>/settings/filters/switches/", views.filter_switches, name="filter_switches"),
    path("w/<slug:workspace>/settings/channels/<int:pk>/", views.channel, name="channel"),
    path("w/<slug:workspace>/settings/channels/<int:pk>/routing/", views.routing, name="routing"),
    path("w/<slug:workspace>/settings/channels/<int:pk>/routing/now/", views.routing_now, name="routing_now"),
    path("w/<slug:workspace>/settings/channels/<int:pk>/activity/", views.channel_activity, name="activity"),
    path("w/<slug:workspace>/settings/channels/<int:pk>/move/", views.move_channel, name="move_channel"),
]
