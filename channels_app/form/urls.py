"""Addresses of forms for everybody, under /live/forms/."""

from django.urls import path

from channels_app.form import public

app_name = "forms"

urlpatterns = [
    path("embed.js", public.script, name="script"),
    path("<str:key>/", public.form, name="form"),
    path("<str:key>/thanks/", public.thanks, name="thanks"),
    path("<str:key>/proof/", public.proof, name="proof"),
]
