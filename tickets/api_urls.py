from django.urls import path

from tickets import api

app_name = "tickets_api"

urlpatterns = [
    path("tickets", api.tickets, name="tickets"),
    path("tickets/<int:ticket_number>", api.ticket, name="ticket"),
]
