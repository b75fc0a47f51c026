"""The one class that Django looks for in a database back end."""

import select
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.utils.asyncio import async_unsafe
from psycopg import Connection
from psycopg_pool import ConnectionPool

from jishi.kernel.slow_statements import timed


class SchemaEditor(DatabaseSchemaEditor):
    """Makes the indexes that a model names, and no others."""

    def _create_like_index_sql(self, model: object, field: object) -> None:
        """Django would make a second index for each indexed text, in case somebody looks for its beginning."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of one thread."""

    SchemaEditorClass = SchemaEditor
    health_check_enabled: bool  # Django's own, which its stubs forgot
    health_check_done: bool

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.execute_wrappers.append(timed)
        self._kept_cursor: CursorWrapper | None = None

    @async_unsafe
    def take_cursor(self) -> CursorWrapper:
        """Return a cursor for one statement whose answer is read at once; then `keep_cursor`.

        Making one costs as much as sending a small statement. It is taken, not shared: what runs meanwhile gets
        another.
        """
        kept, self._kept_cursor = self._kept_cursor, None
        if kept is None or self.force_debug_cursor or kept.cursor.connection is not self.connection:
            return self.cursor()
        return kept

    def keep_cursor(self, cursor: CursorWrapper) -> None:
        """Keep a cursor for the next statement; one that failed, or that logs what it sends, is not kept.

        Nor is one of a connection that threads share, or whose health is looked at before its first use.
        """
        is_checked = self.health_check_done or not self.health_check_enabled
        if type(cursor) is CursorWrapper and is_checked and not self.allow_thread_sharing:
            self._kept_cursor = cursor

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
