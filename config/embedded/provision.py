"""Roles, database, extensions and default privileges: the same for embedded services, tests and a server of yours.

`python -m config.embedded.provision` reads DATABASE_ADMIN_URL and the passwords in the three role URLs.
"""

import os
import sys
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from config.embedded.roles import APP, MAINT, OWNER

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin", "citext")
# Untrusted: only a superuser may make it. Slow-query statistics are welcome, not needed.
OPTIONAL_EXTENSIONS = ("pg_stat_statements",)

GRANTS = """
grant usage on schema public to {app}, {maint};
grant create, usage on schema public to {owner};
alter default privileges for role {owner} in schema public
    grant select, insert, update, delete on tables to {app};
alter default privileges for role {owner} in schema public grant usage, select on sequences to {app};
alter default privileges for role {owner} in schema public grant select on tables to {maint};
alter default privileges for role {owner} in schema public grant select on sequences to {maint};
"""


class Unsafe(Exception):
    """A role could pass over the row policies that keep workspaces apart."""


def provision(
    admin_dsn: str,
    database: str = "parley",
    *,
    passwords: dict[str, str] | None = None,
    template: str | None = None,
) -> None:
    """Make whatever is missing; running it again changes nothing. `template` also gets the extensions."""
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        for role in (OWNER, APP, MAINT):
            make_role(admin, role, (passwords or {}).get(role))
        refuse_powerful_roles(admin)
        make_database(admin, database)
    for name in filter(None, (template, database)):
        with psycopg.connect(admin_dsn, dbname=name, autocommit=True) as connection:
            make_extensions(connection)
    with psycopg.connect(admin_dsn, dbname=database, autocommit=True) as connection:
        grant(connection)


def make_role(admin, role: str, password: str | None) -> None:
    """Roles are born without SUPERUSER, CREATEDB and BYPASSRLS; asking for that aloud needs a superuser."""
    known = admin.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
    if not known:
        admin.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
    if password:
        statement = sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password))
        admin.execute(statement)


def refuse_powerful_roles(admin) -> None:
    query = "select rolname from pg_roles where rolname = any(%s) and (rolsuper or rolbypassrls)"
    powerful = [name for (name,) in admin.execute(query, [[OWNER, APP, MAINT]])]
    if powerful:
        raise Unsafe(
            f"{', '.join(powerful)} may not be SUPERUSER or BYPASSRLS: alter role … nosuperuser nobypassrls"
        )


def make_database(admin, database: str) -> None:
    name, owner = sql.Identifier(database), sql.Identifier(OWNER)
    (superuser,) = admin.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    if not superuser:  # a managed server's administrator must be a member of the role it gives things to
        admin.execute(sql.SQL("grant {} to current_user").format(owner))
    if not admin.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
        admin.execute(sql.SQL("create database {} owner {}").format(name, owner))
    admin.execute(sql.SQL("revoke connect, temporary on database {} from public").format(name))
    roles = sql.SQL(", ").join(map(sql.Identifier, (OWNER, APP, MAINT)))
    admin.execute(sql.SQL("grant connect on database {} to {}").format(name, roles))


def make_extensions(connection) -> None:
    for name in EXTENSIONS:
        connection.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(name)))
    for name in OPTIONAL_EXTENSIONS:
        try:
            connection.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(name)))
        except psycopg.Error as error:
            print(f"parley: going on without {name}: {str(error).splitlines()[0]}", file=sys.stderr)


def grant(connection) -> None:
    """Default privileges only: a table that a migration closed to the serving role stays closed."""
    names = {"owner": sql.Identifier(OWNER), "app": sql.Identifier(APP), "maint": sql.Identifier(MAINT)}
    for statement in filter(str.strip, GRANTS.split(";")):
        connection.execute(sql.SQL(statement).format(**names))


def passwords_from(environment) -> dict[str, str]:
    """Read each role's password from the URL that role will use."""
    found = {}
    for variable, role in (
        ("DATABASE_OWNER_URL", OWNER),
        ("DATABASE_URL", APP),
        ("DATABASE_MAINT_URL", MAINT),
    ):
        parts = urlsplit(environment.get(variable, ""))
        if parts.username not in (None, role):
            raise SystemExit(f"parley: {variable} must name the role {role}, not {parts.username}")
        if parts.password:
            found[role] = unquote(parts.password)
    return found


def main() -> None:
    admin = os.environ.get("DATABASE_ADMIN_URL")
    if not admin:
        raise SystemExit(
            "parley: set DATABASE_ADMIN_URL to the address of a role that may make roles and databases"
        )
    database = urlsplit(os.environ.get("DATABASE_URL", "")).path.strip("/") or "parley"
    provision(admin, database, passwords=passwords_from(os.environ))
    print(f"parley: roles and database {database} are in place")


if __name__ == "__main__":
    main()
