"""`manage.py migrate`: Django's, with an executor that is quick where everything is related to everything."""

from django.core.management.commands import migrate

from config.migrating import QuickExecutor


class Command(migrate.Command):
    def handle(self, *arguments, **options):
        migrate.MigrationExecutor = QuickExecutor
        return super().handle(*arguments, **options)
