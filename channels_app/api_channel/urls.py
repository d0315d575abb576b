"""Addresses of API channels for your messenger, under /live/api/."""

from django.urls import path

from channels_app.api_channel import web

app_name = "api_channel"

urlpatterns = [path("<str:key>/", web.inbound, name="inbound")]
