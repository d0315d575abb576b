"""Addresses of single sign-on: doors for everybody, settings for who manages the workspace."""

from django.urls import path

from sso import views

app_name = "sso"

urlpatterns = [
    path("sso/", views.find, name="find"),
    path("sso/<slug:slug>/", views.door, name="door"),
    path("sso/<slug:slug>/visit/", views.visit, name="visit"),
    path("sso/<slug:slug>/answer/", views.answer, name="answer"),
    path("sso/<slug:slug>/proof/", views.proof, name="proof"),
    path("w/<slug:workspace>/settings/security/sign-on/", views.settings_page, name="settings"),
]
