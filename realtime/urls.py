from django.urls import path

from realtime import views

app_name = "realtime"

urlpatterns = [
    path("live/ticket/", views.ticket, name="ticket"),
    path("live/since/", views.since, name="since"),
]
