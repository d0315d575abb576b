from django.urls import path

from analytics.live import views

urlpatterns = [
    path("analytics/live/", views.live, name="live"),
    path("analytics/live/board/", views.live_board, name="live_board"),
]
