from django.apps import AppConfig


class ChatflowsConfig(AppConfig):
    name = "chatflows"

    def ready(self):
        import chatflows.tickets  # noqa: F401  what bots do about tickets
        from channels_app.email import digest_letters
        from channels_app.messenger import incoming
        from chatflows import of_contact, satisfaction
        from chatflows.surveys import buttons, letter
        from chatflows.widget import resume
        from conversations.queries import sidebar

        of_contact.connect()
        sidebar.register(satisfaction.beside)
        digest_letters.register_way_back(resume.link_for)
        digest_letters.register_letter("survey", letter.write)
        incoming.register_taker(buttons.take)
