from django.urls import path

from automation import views

app_name = "automation"

urlpatterns = [
    path("settings/rules/", views.rules, name="rules"),
    path("settings/rules/new/", views.rule_new, name="rule_new"),
    path("settings/rules/runs/", views.runs, name="runs"),
    path("settings/rules/runs/<int:run_pk>/retry/", views.retry, name="retry"),
    path("settings/rules/dry/<int:dry_pk>/", views.dry, name="dry"),
    path("settings/rules/<int:rule_pk>/", views.rule, name="rule"),
    path("settings/rules/<int:rule_pk>/switch/", views.switch, name="switch"),
    path("settings/rules/<int:rule_pk>/place/", views.place, name="place"),
    path("settings/rules/<int:rule_pk>/removal/", views.removal, name="removal"),
    path("conversations/<int:pk>/why/rules/", views.why, name="why"),
]
