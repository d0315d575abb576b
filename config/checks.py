"""Start-up checks: what would make a promise of docs/security.md untrue stops the start."""

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import connections


@register(Tags.database)
def serving_role_is_bound(app_configs, databases=None, **kwargs):
    """A superuser, or a role above row policies, would serve every tenant's rows to everyone."""
    errors = []
    for alias in databases or []:
        if settings.MIGRATING:
            continue
        with connections[alias].cursor() as cursor:
            cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
            if cursor.fetchone()[0]:
                errors.append(
                    Error(
                        f"The database role of {alias!r} is above row policies.",
                        hint="Serve as parley_app: see docs/deploy.md.",
                        id="parley.E001",
                    )
                )
    return errors
