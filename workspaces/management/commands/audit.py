"""`manage.py audit --check`: is every workspace's audit log whole, and where does it stand now?"""

from django.core.management.base import BaseCommand, CommandError

from workspaces.audit import broken_links
from workspaces.models import AuditEntry, Workspace
from workspaces.scope import workspace_scope


class Command(BaseCommand):
    help = "Check the chains of the audit logs; print the newest seal of each, to be kept elsewhere."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="read every entry and compare the seals")
        parser.add_argument("--workspace", help="only this one, by its short name")

    def handle(self, *args, **options):
        wanted = Workspace.objects.order_by("pk")
        if options["workspace"]:
            wanted = wanted.filter(slug=options["workspace"])
        wrong = sum(self.look(workspace, check=options["check"]) for workspace in wanted)
        if wrong:
            raise CommandError(f"{wrong} mistakes found.")

    def look(self, workspace: Workspace, *, check: bool) -> int:
        with workspace_scope(workspace):
            last = AuditEntry.objects.order_by("-number").values_list("number", "seal").first() or (0, "-")
            mistakes = list(broken_links()) if check else []
        self.stdout.write(f"{workspace.slug}: {last[0]} {last[1]}")
        for mistake in mistakes:
            self.stderr.write(f"{workspace.slug}: {mistake}")
        return len(mistakes)
