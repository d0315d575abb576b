from django.urls import path

from analytics import api

app_name = "analytics_api"

urlpatterns = [
    path("reports", api.reports, name="reports"),
    path("reports/<slug:key>", api.report, name="report"),
    path("facts", api.facts, name="facts"),
]
