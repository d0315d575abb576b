"""Addresses of Settings > Tickets."""

from django.urls import path

from tickets.sla import views as sla
from tickets.views import settings

urlpatterns = [
    path("settings/pipelines/", settings.pipelines, name="pipelines"),
    path("settings/pipelines/new/", settings.pipeline_new, name="pipeline_new"),
    path("settings/pipelines/<int:pipeline_pk>/", settings.pipeline, name="pipeline"),
    path("settings/pipelines/<int:pipeline_pk>/default/", settings.pipeline_default, name="pipeline_default"),
    path("settings/pipelines/<int:pipeline_pk>/archive/", settings.pipeline_archive, name="pipeline_archive"),
    path("settings/pipelines/<int:pipeline_pk>/stages/", settings.stage_new, name="stage_new"),
    path("settings/stages/<int:stage_pk>/", settings.stage, name="stage"),
    path("settings/stages/<int:stage_pk>/place/", settings.stage_place, name="stage_place"),
    path("settings/stages/<int:stage_pk>/removal/", settings.stage_removal, name="stage_removal"),
    path("settings/inboxes/<int:inbox_pk>/service-levels/", sla.service_levels, name="service_levels"),
    path("settings/channels/<int:channel_pk>/tickets/", settings.preset, name="preset"),
]
