"""Addresses of customers' status pages, under /live/."""

from django.urls import path

from tickets.portal import page

app_name = "portal"

urlpatterns = [path("tickets/<str:signed>/", page.status, name="status")]
