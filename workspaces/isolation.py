"""Migration operations that make PostgreSQL keep tenants apart: the row policy and same-workspace foreign keys."""

from django.db.migrations.operations import RunSQL

CURRENT = "nullif(current_setting('parley.workspace', true), '')::bigint"


class EnableIsolation(RunSQL):
    """Row policy for a tenant table (USING and WITH CHECK, FORCE); every new workspace table ends its migration with it."""

    reversible = True

    def __init__(self, table: str, column: str = "workspace_id"):
        self.table, self.column = table, column
        mine = f"{column} = {CURRENT}"
        super().__init__(
            sql=[
                f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
                f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
                f'CREATE POLICY tenant ON "{table}" USING ({mine}) WITH CHECK ({mine})',
                # Sweeps look across tenants for ids only; they then enter the scope of each (docs/architecture.md).
                f'CREATE POLICY maintenance ON "{table}" FOR SELECT TO parley_maint USING (true)',
            ],
            reverse_sql=[
                f'DROP POLICY maintenance ON "{table}"',
                f'DROP POLICY tenant ON "{table}"',
                f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY',
                f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
            ],
        )

    def deconstruct(self):
        return (self.__class__.__name__, [self.table, self.column], {})

    def describe(self):
        return f"Isolate the rows of {self.table} by workspace"


class SameWorkspaceKeys(RunSQL):
    """Foreign keys over (workspace_id, id): not even raw SQL can point from one workspace into another.

    `references` maps a column of `table` to the table it points at, whose model declares a unique (workspace, id).
    Django's own key stays: it deletes and nulls. This one only refuses. It is deferred, so that Django's order of
    deletion does not matter.
    """

    reversible = True

    def __init__(self, table: str, references: dict[str, str]):
        self.table, self.references = table, references
        forward, backward = [], []
        for column, target in references.items():
            name = f"{table}_{column}_same_ws"[:63]
            forward.append(
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (workspace_id, "{column}") '
                f'REFERENCES "{target}" (workspace_id, id) DEFERRABLE INITIALLY DEFERRED'
            )
            backward.append(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        super().__init__(sql=forward, reverse_sql=backward)

    def deconstruct(self):
        return (self.__class__.__name__, [self.table, self.references], {})

    def describe(self):
        return f"Keep the references of {self.table} inside one workspace"
