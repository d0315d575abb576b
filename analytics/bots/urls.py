from django.urls import path

from analytics.bots import views

urlpatterns = [
    path("analytics/bots/", views.bots, name="bots"),
    path("analytics/bots/week/", views.bots_week, name="bots_week"),
    path("analytics/bots/<int:pk>/", views.bot, name="bot"),
]
