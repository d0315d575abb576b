"""PostgreSQL and Valkey as our own children, for a checkout without either. Production names its own by URL."""

import contextlib
from pathlib import Path

from config.embedded import lock, paths
from config.embedded.errors import CannotStart
from config.embedded.postgres import Postgres
from config.embedded.roles import APP, MAINT, OWNER
from config.embedded.valkey import Valkey

__all__ = ["CannotStart", "Services"]


class Services:
    """The services of one data folder. Holds the folder's lock from the moment it is made."""

    def __init__(self, data: Path | None = None, *, forgetful: bool = False, postgres=True, valkey=True):
        self.data = paths.make_data_folder(data or paths.data_folder())
        self._lock = lock.hold(self.data)
        self.account = paths.postgres_account() if postgres else None
        self.run = paths.socket_folder(self.data, self.account)
        self.postgres = Postgres(self.data, self.run, self.account, forgetful=forgetful) if postgres else None
        self.valkey = Valkey(self.data, self.run, forgetful=forgetful) if valkey else None

    @classmethod
    def missing_from(cls, environment) -> "Services":
        """Only what the environment does not name: with both URLs set there is nothing to start."""
        return cls(postgres=not environment.get("DATABASE_URL"), valkey=not environment.get("REDIS_URL"))

    def start(self) -> None:
        # Here, since `python -m config.embedded.provision` imports this package before it runs.
        from config.embedded.provision import provision

        try:
            if self.postgres:
                self.postgres.start()
                provision(self.admin_dsn(), template="template1")
            if self.valkey:
                self.valkey.start()
        except OSError as error:
            self.stop()
            raise CannotStart(f"{error.strerror}: {error.filename or self.data}") from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        if self.valkey:
            self.valkey.stop()
        if self.postgres:
            self.postgres.stop()
        paths.forget_sockets(self.data)
        with contextlib.suppress(OSError):
            self._lock.close()

    def environment(self, database: str = "parley") -> dict[str, str]:
        """The variables by which the application finds the services."""
        found = {"PARLEY_DATA": str(self.data)}
        if self.postgres:
            found["DATABASE_URL"] = self.postgres.url(APP, database)
            found["DATABASE_OWNER_URL"] = self.postgres.url(OWNER, database)
            found["DATABASE_MAINT_URL"] = self.postgres.url(MAINT, database)
        if self.valkey:
            found["REDIS_URL"] = self.valkey.url
        return found

    def admin_dsn(self, database: str = "postgres") -> str:
        assert self.postgres, "there is no superuser on a server that is not ours"
        return self.postgres.admin_dsn(database)

    def named(self) -> dict[str, Postgres | Valkey]:
        """Each service that is ours, by its name."""
        return {k: v for k, v in (("postgres", self.postgres), ("valkey", self.valkey)) if v is not None}
