"""What a visitor's browser asks for, under /live/."""

from django.urls import path

from chatflows.surveys import page as surveys
from chatflows.widget import care, files, identity, known, own, plain, requests, resume, views
from chatflows.widget.transcript import transcript

app_name = "widget"
urlpatterns = [
    path("w.js", views.loader, name="loader"),
    path("config/<str:key>/", views.config, name="config"),
    path("config/<str:key>.js", views.config_module, name="config_module"),
    path("panel/<str:key>/", views.panel, name="panel"),
    path("session/", views.session, name="session"),
    path("messages/", views.messages, name="messages"),
    path("files/", files.upload, name="upload"),
    path("files/<uuid:key>/", files.file, name="file"),
    path("files/<uuid:key>/thumb/", files.thumb, name="thumb"),
    path("files/<uuid:key>/link/", files.link, name="link"),
    path("transcript/", transcript, name="transcript"),
    path("receipts/", views.receipts, name="receipts"),
    path("conversations/", views.conversations, name="conversations"),
    path("owner/", views.owner, name="owner"),
    path("consent/", care.consent, name="consent"),
    path("address/", care.address, name="address"),
    path("survey/", care.survey, name="survey"),
    path("rate/<str:signed>/", surveys.rate, name="rate"),
    path("requests/", requests.requests, name="requests"),
    path("figures/", care.opened, name="opened"),
    path("articles/", care.find_articles, name="articles"),
    path("identify/", identity.identify, name="identify"),
    path("known/", known.known, name="known"),
    path("chat/<str:key>/", plain.plain, name="plain"),
    path("chat/<str:key>/own/", own.own, name="own"),
    path("chat/back/<str:signed>/", resume.resume, name="resume"),
    path("hubspot.js", views.adapter, name="adapter"),
]
