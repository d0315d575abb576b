"""Every address of the installation."""

from django.conf import settings
from django.urls import include, path

from channels_app.views.consent import consented
from channels_app.views.messenger import consented as messenger_consented
from config import health, install, metrics, palette
from notifications import views as notifications
from workspaces import views as workspaces

urlpatterns = [
    path("", workspaces.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("language/", workspaces.set_language, name="set_language"),
    path("account/", include("allauth.urls")),
    path("live/mail/", include("channels_app.hook_urls")),
    path("live/messenger/", include("channels_app.messenger_urls")),
    path("live/api/", include("channels_app.api_channel.urls")),
    path("live/forms/", include("channels_app.form.urls")),
    path("live/", include("tickets.portal.urls")),
    path("live/", include("chatflows.widget.urls")),
    path("help/", include("chatflows.help_urls")),
    path("", include("workspaces.urls")),
    path("", include("inboxes.urls")),
    path("", include("sso.urls")),
    path("api/v1/", include("contacts.api_urls")),
    path("api/v1/", include("tickets.api_urls")),
    path("api/v1/", include("analytics.api_urls")),
    path("api/v1/", include("records.api_urls")),
    path("messenger/consent/", messenger_consented, name="messenger_consent"),
    path("mail/consent/<slug:provider>/", consented, name="mail_consent"),
    path("manifest.webmanifest", install.manifest, name="manifest"),
    path("offline/", install.offline, name="offline"),
    path("w/<slug:workspace>/palette/", palette.palette, name="palette"),
    path("sw.js", notifications.worker, name="service_worker"),
    path("notifications/stop/<str:token>/", notifications.stop, name="notification_stop"),
    path("w/<slug:workspace>/", include("notifications.urls")),
    path("w/<slug:workspace>/", include("contacts.urls")),
    path("w/<slug:workspace>/", include("conversations.urls")),
    path("w/<slug:workspace>/", include("tickets.urls")),
    path("w/<slug:workspace>/", include("automation.urls")),
    path("w/<slug:workspace>/", include("chatflows.urls")),
    path("w/<slug:workspace>/", include("search.urls")),
    path("w/<slug:workspace>/", include("analytics.urls")),
    path("w/<slug:workspace>/", include("records.urls")),
    path("w/<slug:workspace>/", include("realtime.urls")),
    path("w/<slug:workspace>/", include("channels_app.urls")),
]

if settings.DEBUG or settings.TESTING:
    from config.demo import urls as demo

    urlpatterns.append(path("demo/", include(demo)))
