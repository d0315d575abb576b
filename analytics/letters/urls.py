from django.urls import path

from analytics.letters import views

urlpatterns = [
    path("analytics/letters/", views.letters, name="letters"),
    path("analytics/letters/new/", views.letter, name="letter_new"),
    path("analytics/letters/<int:pk>/", views.letter, name="letter"),
    path("analytics/letters/<int:pk>/stop/", views.letter_stop, name="letter_stop"),
    path("analytics/letters/<int:pk>/try/", views.letter_try, name="letter_try"),
    path("analytics/letters/<int:pk>/removal/", views.letter_remove, name="letter_remove"),
]
