from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from django.db.models.signals import pre_delete

        from conversations import bulk, conditions, conditions_custom, deeds
        from conversations.models import file_reach
        from inboxes.models import Inbox
        from tickets import answers, of_contact
        from tickets.bulk_verbs import VERBS
        from tickets.conditions import EXTRAS, PLACE
        from tickets.deeds import KINDS
        from tickets.models import Ticket
        from tickets.queries import marks
        from tickets.signals import files_seen, follow_inbox, forget_files_of, release_tickets_of
        from tickets.sla import shown, tab
        from workspaces.signals import member_left

        of_contact.connect()
        member_left.connect(release_tickets_of)
        pre_delete.connect(follow_inbox, sender=Inbox)
        pre_delete.connect(forget_files_of, sender=Ticket)
        file_reach.append(files_seen)
        answers.register()
        bulk.register(VERBS)
        marks.register(shown.marks)
        tab.register()
        for kind in KINDS:
            deeds.register(kind)
        conditions_custom.register(PLACE)
        for extra in EXTRAS:
            conditions.register(extra)
