"""Addresses of what becomes of the data, under /w/<workspace>/."""

from django.urls import path

from records import views

app_name = "records"

urlpatterns = [
    path("settings/data/", views.data, name="data"),
    path("settings/data/retention/", views.retention, name="retention"),
    path("settings/data/exports/", views.new_export, name="new_export"),
    path("settings/data/exports/<int:export_pk>/", views.download, name="download"),
    path("contacts/<int:pk>/data/", views.person, name="person"),
    path("contacts/<int:pk>/erasure/", views.erasure, name="erasure"),
]
