from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self):
        from django.utils.translation import gettext_lazy

        from contacts import filters, lists, timeline

        filters.register(lists.as_filter)
        timeline.register(
            timeline.Source("changes", gettext_lazy("Changes"), timeline.changes, place=90, seldom=True)
        )
        timeline.register(timeline.Source("pages", gettext_lazy("Pages seen"), timeline.pages, place=35))
