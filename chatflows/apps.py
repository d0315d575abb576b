from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class ChatflowsConfig(AppConfig):
    name = "chatflows"

    def ready(self):
        import chatflows.tickets  # noqa: F401  what bots do about tickets
        from channels_app.email import digest_letters
        from channels_app.messenger import incoming
        from chatflows import lists, of_contact, satisfaction
        from chatflows.surveys import buttons, letter
        from chatflows.surveys.conditions import EXTRAS, OF_TICKETS
        from chatflows.surveys.conditions import marks as votes
        from chatflows.widget import resume
        from contacts import list_marks
        from conversations import conditions
        from conversations.queries import sidebar
        from inboxes import tabs
        from tickets.queries import conditions as of_tickets
        from tickets.queries import marks, page

        of_contact.connect()
        list_marks.register(lists.uses, lists.hold)
        tabs.register(tabs.Tab("satisfaction", gettext_lazy("Satisfaction"), "chatflows:surveys"))
        sidebar.register(satisfaction.beside)
        page.register(satisfaction.beside_ticket)
        sidebar.register(resume.beside)
        digest_letters.register_way_back(resume.link_for)
        digest_letters.register_letter("survey", letter.write)
        incoming.register_taker(buttons.take)
        marks.register_column("vote", votes)
        for extra in EXTRAS:
            conditions.register(extra)
        for extra in OF_TICKETS:
            of_tickets.register(extra)
