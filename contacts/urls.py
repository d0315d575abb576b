"""Addresses of contacts, under /w/<workspace>/."""

from django.urls import path

from contacts import views
from contacts import views_definitions as defining

app_name = "contacts"

urlpatterns = [
    path("settings/properties/", defining.definitions, name="definitions"),
    path("settings/properties/new/", defining.define, name="define"),
    path("settings/properties/<int:definition_pk>/", defining.definition, name="definition"),
    path("settings/properties/<int:definition_pk>/archive/", defining.archive, name="archive_definition"),
    path("contacts/find/", views.find, name="find"),
    path("contacts/card/", views.card, name="card"),
    path("contacts/<int:pk>/properties/<slug:name>/", views.one_property, name="property"),
    path("contacts/<int:pk>/addresses/", views.addresses, name="addresses"),
    path("contacts/<int:pk>/addresses/<int:address_pk>/forget/", views.forget_address, name="forget_address"),
    path("contacts/<int:pk>/merge/<int:other>/", views.merge_with, name="merge"),
    path("contacts/<int:pk>/parting/<int:merge_pk>/", views.part_again, name="part"),
    path("contacts/<int:pk>/block/", views.block, name="block"),
]
