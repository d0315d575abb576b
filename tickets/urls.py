from django.urls import path

from tickets import urls_settings
from tickets.views import aside, board, bulk, create, page, saved, table, ties, verbs

app_name = "tickets"

urlpatterns = [
    path("tickets/", table.table, name="table"),
    path("tickets/home/", board.home, name="home"),
    path("tickets/new/", create.new, name="new"),
    path("tickets/columns/", table.columns, name="columns"),
    path("tickets/views/new/", saved.view_new, name="view_new"),
    path("tickets/views/<int:view_pk>/", saved.view_page, name="view"),
    path("tickets/views/<int:view_pk>/removal/", saved.view_delete, name="view_delete"),
    path("tickets/bulk/", bulk.bulk, name="bulk"),
    path("tickets/bulk/menus/", bulk.bulk_menus, name="bulk_menus"),
    path("tickets/bulk/<int:job_pk>/", bulk.bulk_job, name="bulk_job"),
    path("tickets/bulk/<int:job_pk>/undo/", bulk.bulk_undo, name="bulk_undo"),
    path("tickets/board/<int:pipeline_pk>/", board.board, name="board"),
    path("tickets/board/<int:pipeline_pk>/cards/", board.cards, name="cards"),
    path("tickets/board/<int:pipeline_pk>/lanes/<int:stage_pk>/", board.lane, name="lane"),
    path("tickets/<int:ticket_number>/", page.show, name="show"),
    path("tickets/<int:ticket_number>/history/", page.older, name="older"),
    path("tickets/<int:ticket_number>/menu/", verbs.menu, name="menu"),
    path("tickets/<int:ticket_number>/stage/", verbs.move, name="move"),
    path("tickets/<int:ticket_number>/owner/", verbs.owner, name="owner"),
    path("tickets/<int:ticket_number>/priority/", verbs.priority, name="priority"),
    path("tickets/<int:ticket_number>/comments/", verbs.comment, name="comment"),
    path("tickets/<int:ticket_number>/removal/", verbs.removal, name="removal"),
    path("tickets/<int:ticket_number>/custom/", page.custom, name="custom"),
    path("tickets/<int:ticket_number>/facts/<slug:name>/", page.fact, name="fact"),
    path("tickets/<int:ticket_number>/related/", ties.relate, name="relate"),
    path("tickets/<int:ticket_number>/share/", ties.share, name="share"),
    path("tickets/<int:ticket_number>/merge/", ties.merge, name="merge"),
    path("tickets/<int:ticket_number>/split/", ties.split, name="split"),
    path("tickets/<int:ticket_number>/merges/<int:merge_pk>/undo/", ties.part, name="part"),
    path("conversations/<int:pk>/ticket/", aside.aside, name="aside"),
    path("conversations/<int:pk>/ticket/other/", aside.other, name="other"),
    *urls_settings.urlpatterns,
]
