"""Which database connection serves what."""


class MaintenanceReadsOnly:
    """Everything goes to `default`; `maintenance` is only ever named explicitly, by the sweeps."""

    def db_for_read(self, model, **hints):
        return "default"

    def db_for_write(self, model, **hints):
        return "default"

    def allow_relation(self, one, other, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return db == "default"
