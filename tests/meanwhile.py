"""Something that another connection does meanwhile, and when it waits for what we hold."""

import threading
import time

from django.db import connection

WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


class Other(threading.Thread):
    """Something that another connection does meanwhile."""

    def __init__(self, house, what):
        super().__init__(daemon=True)
        self.house, self.what, self.gave = house, what, None

    def run(self):
        try:
            with self.house.scope():
                self.gave = self.what()
        except Exception as error:  # the test looks at it
            self.gave = error
        finally:
            connection.close()

    def wait_for_us(self) -> "Other":
        """Begin, and come as far as our lock."""
        self.start()
        until = time.monotonic() + 30
        while time.monotonic() < until and self.is_alive():
            with connection.cursor() as cursor:
                cursor.execute(WAITS)
                if cursor.fetchone()[0]:
                    return self
            time.sleep(0.01)
        raise AssertionError(f"It did not wait: {self.gave!r}")

    def ends_with(self) -> object:
        self.join(30)
        return self.gave
