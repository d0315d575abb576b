"""Every address of the installation."""

from django.conf import settings
from django.urls import include, path

from config import health
from workspaces import views as workspaces

urlpatterns = [
    path("", workspaces.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("language/", workspaces.set_language, name="set_language"),
    path("account/", include("allauth.urls")),
    path("live/", include("chatflows.widget.urls")),
    path("", include("workspaces.urls")),
    path("", include("inboxes.urls")),
    path("w/<slug:workspace>/", include("conversations.urls")),
    path("w/<slug:workspace>/", include("realtime.urls")),
]

if settings.DEBUG or settings.TESTING:
    from config.demo import urls as demo

    urlpatterns.append(path("demo/", include(demo)))
