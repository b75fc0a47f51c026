"""The one class that Django looks for in a database back end."""

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg_pool import ConnectionPool

from jishi.kernel.slow_statements import timed


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of one thread."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.execute_wrappers.append(timed)

    @property
    def pool(self) -> Any:
        """The pool of this process; its connections are checked without asking the server each time."""
        is_new = self.alias not in self._connection_pools  # type: ignore[attr-defined]
        pool = super().pool
        if is_new and pool is not None:
            # Django hands over psycopg's own check, which is a round trip, and lets nobody name another.
            pool._check = check_connection  # noqa: SLF001
        return pool


def check_connection(connection: Connection[Any]) -> None:
    """Check a connection that waited in the pool; ask the server only when something is to be read from it.

    A server that went away, or was stopped, left its end of the connection. Raises: OperationalError.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        ConnectionPool.check_connection(connection)
