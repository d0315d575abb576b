from django.urls import path

from records import api

app_name = "records_api"

urlpatterns = [
    path("contacts/<int:contact_pk>/data", api.person, name="person"),
    path("contacts/<int:contact_pk>/erasure", api.erasure, name="erasure"),
]
