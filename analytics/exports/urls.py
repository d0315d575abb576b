from django.urls import path

from analytics.exports import views

urlpatterns = [
    path("analytics/exports/", views.exports, name="exports"),
    path("analytics/exports/<int:pk>/", views.export_file, name="export_file"),
]
