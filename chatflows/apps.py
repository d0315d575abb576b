from django.apps import AppConfig


class ChatflowsConfig(AppConfig):
    name = "chatflows"

    def ready(self):
        import chatflows.tickets  # noqa: F401  what bots do about tickets
        from channels_app.email import digest_letters
        from chatflows import of_contact, satisfaction
        from chatflows.widget import resume
        from conversations.queries import sidebar

        of_contact.connect()
        sidebar.register(satisfaction.beside)
        digest_letters.register_way_back(resume.link_for)
