"""Addresses for Meta; outside the workspaces' pages."""

from django.urls import path

from channels_app.views import messenger_hook

app_name = "messenger_hooks"

urlpatterns = [
    path("", messenger_hook.messenger, name="shared"),
    path("<str:key>/", messenger_hook.messenger, name="own"),
]
