"""The lamp maker's website and the captured mail. Included in development only."""

from django.urls import path

from config.demo import views

app_name = "demo"

urlpatterns = [
    path("", views.page, {"language": "en", "name": "home"}, name="home"),
    path("brume/", views.page, {"language": "en", "name": "product"}, name="product"),
    path("contact/", views.page, {"language": "en", "name": "contact"}, name="contact"),
    path("fr/", views.page, {"language": "fr", "name": "home"}, name="home_fr"),
    path("fr/brume/", views.page, {"language": "fr", "name": "product"}, name="product_fr"),
    path("fr/contact/", views.page, {"language": "fr", "name": "contact"}, name="contact_fr"),
    path("mail/", views.mail, name="mail"),
    path("mail/<slug:name>/", views.mail_html, name="mail_html"),
]
