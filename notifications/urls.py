from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("notifications/", views.index, name="index"),
    path("notifications/recent/", views.recent, name="recent"),
    path("notifications/news/", views.news, name="news"),
    path("notifications/read/", views.all_read, name="all_read"),
    path("notifications/<int:pk>/", views.go, name="go"),
    path("conversations/<int:pk>/notifications/", views.conversation_read, name="conversation_read"),
    path("conversations/<int:pk>/mute/", views.mute, name="mute"),
    path("conversations/<int:pk>/mute/choice/", views.mute_choice, name="mute_choice"),
    path("settings/notifications/", views.preferences, name="preferences"),
    path("settings/notifications/clear/", views.clear, name="clear"),
    path("settings/notifications/devices/", views.add_device, name="add_device"),
    path("settings/notifications/devices/<int:pk>/removal/", views.remove_device, name="remove_device"),
    path("settings/notification-defaults/", views.defaults, name="defaults"),
    path("settings/notification-defaults/clear/", views.clear_defaults, name="clear_defaults"),
]
