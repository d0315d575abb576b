"""Tenants cannot meet: every tenant table has its policy, and the serving role is bound by it."""

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction

from contacts.models import Contact
from conversations.actions import send_reply
from conversations.models import Conversation, Message
from events.models import Event, ReactionDue
from events.tasks import run_one
from tests.factories import make_conversation
from workspaces.scope import NoWorkspace, WorkspaceModel, workspace_scope

TENANT_MODELS = [model for model in apps.get_models() if issubclass(model, WorkspaceModel)]
# The directory: read before a scope can be opened, reviewed one by one. What they hold is no message and no contact.
DIRECTORY = {
    "workspaces_user",
    "workspaces_workspace",
    "workspaces_member",
    "inboxes_publicaddress",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "usersessions_usersession",
    "django_session",
    "django_content_type",
    "django_migrations",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
}


def rows(sql: str, *params) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_every_table_is_isolated_or_in_the_directory(db):
    """T010: a new table without a policy fails here."""
    tables = rows(
        """select c.relname, c.relrowsecurity and c.relforcerowsecurity,
                  exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant'
                          and p.polqual is not null and p.polwithcheck is not null)
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where n.nspname = 'public' and c.relkind in ('r', 'p')"""
    )
    isolated = {name for name, forced, policy in tables if forced and policy}
    open_tables = {name for name, *_ in tables} - isolated
    assert open_tables <= DIRECTORY, f"No row policy, and not in the directory: {open_tables - DIRECTORY}"
    assert isolated >= {model._meta.db_table for model in TENANT_MODELS}


def test_the_tests_run_as_the_serving_role(db):
    """A superuser would prove nothing: it passes every policy."""
    [(user, powerful)] = rows(
        "select current_user, rolsuper or rolbypassrls from pg_roles where rolname = current_user"
    )
    assert (user, powerful) == ("parley_app", False)
    assert not rows("select 1 from pg_tables where schemaname = 'public' and tableowner = current_user")


def test_foreign_keys_between_tenant_tables_carry_the_workspace(db):
    """Invariant 2: not even raw SQL can point from one workspace into another."""
    tenants = {model._meta.db_table for model in TENANT_MODELS} | {"workspaces_member"}
    single = rows(
        """select c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text from pg_constraint c
           join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
           where c.contype = 'f' and array_length(c.conkey, 1) = 1"""
    )
    double = rows(
        """select c.conrelid::regclass::text, a.attname from pg_constraint c
           join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[2]
           where c.contype = 'f' and array_length(c.conkey, 1) = 2"""
    )
    needed = {(table, column) for table, column, target in single if table in tenants and target in tenants}
    assert needed <= set(double), f"No same-workspace key: {needed - set(double)}"


def test_without_a_scope_python_refuses(db):
    for model in TENANT_MODELS:
        with pytest.raises(NoWorkspace):
            model.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.db_table)
def test_without_a_scope_the_database_shows_nothing(acme, model):
    """T004, against rows that are there."""
    with acme.scope():
        make_conversation(acme)
    assert rows(f'select * from "{model._meta.db_table}"') == []


def test_another_workspaces_rows_cannot_be_read_changed_or_deleted(acme, globex):
    """T001 at the root: raw SQL in the scope of one sees none of the other."""
    with globex.scope():
        theirs = make_conversation(globex)
    with acme.scope():
        assert rows("select 1 from conversations_conversation") == []
        with connection.cursor() as cursor:
            cursor.execute("update conversations_conversation set subject = 'x'")
            assert cursor.rowcount == 0
            cursor.execute("delete from conversations_message")
            assert cursor.rowcount == 0
    with globex.scope():
        assert Conversation.objects.get(pk=theirs.pk).subject == "Dimmer flickers"


def test_rows_for_another_workspace_are_refused(acme, globex):
    """T005: WITH CHECK."""
    with acme.scope(), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Contact.unscoped.create(workspace=globex.workspace, name="Smuggled")


def test_references_into_another_workspace_are_refused(acme, globex):
    with globex.scope():
        theirs = make_conversation(globex)
    with acme.scope():
        mine = make_conversation(acme)
        with (
            pytest.raises(IntegrityError, match="same_ws"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("update conversations_conversation set contact_id = %s", [theirs.contact_id])
            cursor.execute("set constraints all immediate")
        assert Conversation.objects.get(pk=mine.pk).contact_id == mine.contact_id


def test_scopes_of_two_workspaces_do_not_nest(acme, globex):
    with acme.scope(), pytest.raises(RuntimeError), globex.scope():
        pass


def test_after_a_nested_scope_nothing_is_left_open(acme):
    """Code that forgot its scope must fail, also inside an outer transaction."""
    with acme.scope():
        make_conversation(acme)
    assert rows("select 1 from conversations_message") == []
    with pytest.raises(NoWorkspace):
        Message.objects.count()


@pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
def test_the_maintenance_role_reads_across_and_writes_nothing(acme, globex):
    for house in (acme, globex):
        with house.scope():
            make_conversation(house)
    events = Event.unscoped.using("maintenance")
    assert set(events.values_list("workspace_id", flat=True)) == {acme.workspace.pk, globex.workspace.pk}
    with pytest.raises(ProgrammingError, match="permission denied"):
        events.update(type="x")
    connections["maintenance"].close()


@pytest.mark.django_db(transaction=True)
def test_a_connection_goes_back_to_the_pool_without_a_workspace(acme):
    with workspace_scope(acme.workspace):
        pass
    assert rows("select current_setting('parley.workspace', true)")[0][0] in ("", None)


@pytest.mark.django_db(transaction=True)
def test_a_task_with_another_workspaces_id_does_nothing(acme, globex, ben):
    """Tasks are doors too: ids of one workspace mean nothing in the scope of another."""
    with acme.scope():
        send_reply(make_conversation(acme), body="Hello", by=ben)
        owed = ReactionDue.objects.latest("pk")
    assert run_one(globex.workspace.pk, owed.pk) is False
    with acme.scope():
        assert ReactionDue.objects.get(pk=owed.pk).attempts == 0
