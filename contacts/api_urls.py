from django.urls import path

from contacts import api, api_companies

app_name = "contacts_api"

urlpatterns = [
    path("contacts", api.contacts, name="contacts"),
    path("contacts/<int:contact_pk>", api.contact, name="contact"),
    path("contacts/<int:contact_pk>/addresses", api.addresses, name="addresses"),
    path("contacts/<int:contact_pk>/addresses/<int:address_pk>", api.address, name="address"),
    path("contacts/<int:contact_pk>/merge", api.merging, name="merge"),
    path("companies", api_companies.companies, name="companies"),
    path("companies/<int:company_pk>", api_companies.company, name="company"),
    path("companies/<int:company_pk>/merge", api_companies.merging, name="merge_companies"),
    path("properties", api.properties, name="properties"),
]
