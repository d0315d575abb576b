from django.urls import path

from analytics.bots import urls as bots_urls
from analytics.dashboards import urls as dashboard_urls
from analytics.exports import urls as export_urls
from analytics.letters import urls as letter_urls
from analytics.live import urls as live_urls
from analytics.views import about, behind, pages

app_name = "analytics"

# What has an address of its own stands before the reports, whose key may be any word.
urlpatterns = [
    *live_urls.urlpatterns,
    *bots_urls.urlpatterns,
    *dashboard_urls.urlpatterns,
    *export_urls.urlpatterns,
    *letter_urls.urlpatterns,
    path("analytics/", pages.home, name="home"),
    path("analytics/behind/", behind.behind, name="behind"),
    path("analytics/about/", about.about, name="about"),
    path("analytics/about/again/", about.read_again, name="read_again"),
    path("analytics/about/week/", about.week, name="week"),
    path("analytics/<slug:report_key>/", pages.report, name="report"),
]
