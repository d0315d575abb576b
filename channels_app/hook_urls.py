"""Addresses for mail providers; outside the workspaces' pages."""

from django.urls import path

from channels_app.views import hooks

app_name = "mail_hooks"

urlpatterns = [path("<slug:provider>/<str:secret>/", hooks.inbound, name="inbound")]
