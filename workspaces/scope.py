"""The one door to tenant rows: it sets the workspace for Python and for PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connections, models, transaction

_current: ContextVar[int | None] = ContextVar("workspace", default=None)

SETTING = "parley.workspace"


class NoWorkspace(RuntimeError):
    """Tenant rows were asked for outside `workspace_scope`."""


def current_workspace_id() -> int:
    workspace_id = _current.get()
    if workspace_id is None:
        raise NoWorkspace("Tenant rows are only reached inside workspace_scope().")
    return workspace_id


def open_scope() -> int | None:
    """The workspace whose scope is open, if one is."""
    return _current.get()


@contextmanager
def workspace_scope(workspace: "int | models.Model") -> Iterator[int]:
    """Open a transaction bound to one workspace (an id or a row). Nesting the same one is allowed, another is not.

    The setting is local to the transaction, so that no connection goes back to the pool with a tenant in it. It is
    cleared at the end of a nested scope too: an outer transaction must not see more than it asked for.
    """
    workspace_id = workspace if isinstance(workspace, int) else int(workspace.pk)
    outer = _current.get()
    if outer not in (None, workspace_id):
        raise RuntimeError("A scope of one workspace may not be opened inside that of another.")
    connection = connections["default"]
    nested = connection.in_atomic_block
    token = _current.set(workspace_id)
    try:
        with transaction.atomic():
            _put(connection, str(workspace_id))
            yield workspace_id
            if nested and not connection.needs_rollback:
                _put(connection, "" if outer is None else str(outer))
    finally:
        _current.reset(token)


def _put(connection, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config(%s, %s, true)", [SETTING, value])


class ScopedManager(models.Manager):
    """Filters by the scope and refuses to work outside one: wall one of two (the row policy is the other)."""

    def get_queryset(self):
        return super().get_queryset().filter(workspace_id=current_workspace_id())


class WorkspaceModel(models.Model):
    """A row that belongs to one workspace. Its workspace is taken from the scope, never from input."""

    workspace = models.ForeignKey("workspaces.Workspace", on_delete=models.CASCADE, related_name="+")

    objects = ScopedManager()
    # Django's own machinery (related look-ups, deletion) goes through this one; the row policy still binds it.
    unscoped = models.Manager()

    class Meta:
        abstract = True
        default_manager_name = "objects"
        base_manager_name = "unscoped"

    def save(self, *args, **kwargs):
        if self.workspace_id is None:
            self.workspace_id = current_workspace_id()
        super().save(*args, **kwargs)
