"""Addresses of contacts, under /w/<workspace>/."""

from django.urls import path

from contacts import views, views_bulk, views_companies, views_files, views_lists, views_people, views_record
from contacts import views_definitions as defining

app_name = "contacts"

urlpatterns = [
    path("settings/properties/", defining.definitions, name="definitions"),
    path("settings/properties/new/", defining.define, name="define"),
    path("settings/properties/<int:definition_pk>/", defining.definition, name="definition"),
    path("settings/properties/<int:definition_pk>/archive/", defining.archive, name="archive_definition"),
    path("contacts/", views_people.people, name="list"),
    path("contacts/new/", views_record.new, name="new"),
    path("contacts/views/", views_people.save_view, name="save_view"),
    path("contacts/views/<int:view_pk>/delete/", views_people.drop_view, name="drop_view"),
    path("contacts/bulk/", views_bulk.start, name="bulk"),
    path("contacts/bulk/<int:job_pk>/", views_bulk.job, name="bulk_job"),
    path("contacts/bulk/<int:job_pk>/undo/", views_bulk.undo, name="bulk_undo"),
    path("contacts/<int:pk>/", views_record.show, name="show"),
    path("contacts/<int:pk>/timeline/", views_record.history, name="timeline"),
    path("contacts/<int:pk>/own/", views_record.own, name="own"),
    path("contacts/<int:pk>/twin/", views_record.twin, name="twin"),
    path("contacts/<int:pk>/delete/", views_record.delete, name="delete"),
    path("contacts/<int:pk>/addresses/<int:address_pk>/first/", views.prefer_address, name="prefer_address"),
    path("contacts/<int:pk>/lists/", views_lists.of_contact, name="lists_of"),
    path("contacts/lists/", views_lists.lists_page, name="lists"),
    path("contacts/lists/new/", views_lists.new_list, name="new_list"),
    path("contacts/lists/<int:list_pk>/", views_lists.one_list, name="list_of"),
    path("contacts/lists/<int:list_pk>/delete/", views_lists.drop_list, name="drop_list"),
    path("contacts/files/", views_files.files, name="files"),
    path("contacts/files/export/", views_files.export, name="export"),
    path("contacts/files/export/<int:export_pk>/", views_files.download, name="download_export"),
    path("contacts/files/<int:import_pk>/", views_files.one_import, name="import"),
    path("contacts/files/<int:import_pk>/run/", views_files.run, name="run_import"),
    path("contacts/files/<int:import_pk>/undo/", views_files.undo, name="undo_import"),
    path("contacts/files/<int:import_pk>/mistakes/", views_files.mistakes, name="mistakes"),
    path("companies/", views_companies.companies, name="companies"),
    path("companies/new/", views_companies.new_company, name="new_company"),
    path("companies/<int:company_pk>/", views_companies.company, name="company"),
    path("companies/<int:company_pk>/join/", views_companies.join, name="join_company"),
    path("companies/<int:company_pk>/merge/", views_companies.merge, name="merge_companies"),
    path("companies/<int:company_pk>/parting/<int:merge_pk>/", views_companies.part, name="part_companies"),
    path("companies/<int:company_pk>/delete/", views_companies.drop, name="drop_company"),
    path("contacts/find/", views.find, name="find"),
    path("contacts/card/", views.card, name="card"),
    path("contacts/<int:pk>/properties/<slug:name>/", views.one_property, name="property"),
    path("contacts/<int:pk>/addresses/", views.addresses, name="addresses"),
    path("contacts/<int:pk>/addresses/<int:address_pk>/forget/", views.forget_address, name="forget_address"),
    path("contacts/<int:pk>/merge/<int:other>/", views.merge_with, name="merge"),
    path("contacts/<int:pk>/parting/<int:merge_pk>/", views.part_again, name="part"),
    path("contacts/<int:pk>/block/", views.block, name="block"),
]
