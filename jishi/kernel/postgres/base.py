"""The one class that Django looks for in a database back end."""

from typing import Any

from django.db.backends.postgresql import base

from jishi.kernel.slow_statements import timed


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of one thread."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.execute_wrappers.append(timed)
