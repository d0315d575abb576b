"""Public pages of answers, under /help/."""

from django.urls import path

from chatflows import help

app_name = "help"
urlpatterns = [
    path("<slug:site>/", help.index, name="index"),
    path("<slug:site>/<slug:language>/<slug:slug>/", help.article, name="article"),
]
