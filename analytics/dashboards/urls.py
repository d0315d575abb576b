from django.urls import path

from analytics.dashboards import views

urlpatterns = [
    path("analytics/dashboards/", views.dashboards, name="dashboards"),
    path("analytics/dashboards/new/", views.dashboard_new, name="dashboard_new"),
    path("analytics/dashboards/add/", views.dashboard_add, name="dashboard_add"),
    path("analytics/dashboards/<int:pk>/", views.dashboard, name="dashboard"),
    path("analytics/dashboards/<int:pk>/edit/", views.dashboard_edit, name="dashboard_edit"),
    path("analytics/dashboards/<int:pk>/panel/", views.dashboard_panel, name="dashboard_panel"),
    path("analytics/dashboards/<int:pk>/filters/", views.dashboard_keep, name="dashboard_keep"),
    path("analytics/dashboards/<int:pk>/removal/", views.dashboard_remove, name="dashboard_remove"),
]
