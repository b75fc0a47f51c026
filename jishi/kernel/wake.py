"""Waking other processes after a commit, by a NOTIFY outside of the transaction.

Inside a transaction it would take one lock of the whole database through the flush to disk, and all commits
would wait for each other. A wake-up that is lost costs one poll of whoever waits for it.
"""

import time

from django.db import DatabaseError, transaction

from jishi.kernel.db import execute

_woken_at: dict[str, float] = {}


def after_commit(channel: str, payload: str = "", *, seconds_min: float = 0.0) -> None:
    """Notify `channel` once the current transaction has committed, at once when there is none.

    At most once in `seconds_min` for this process: for listeners that look again after such a time anyway.
    """
    transaction.on_commit(lambda: _notify(channel, payload, seconds_min))


def _notify(channel: str, payload: str, seconds_min: float) -> None:
    moment = time.monotonic()
    if moment - _woken_at.get(channel, float("-inf")) < seconds_min:
        return
    _woken_at[channel] = moment
    try:
        execute("SELECT pg_notify(%s, %s)", [channel, payload])
    except DatabaseError:
        _woken_at.pop(channel, None)  # what was committed is safe, a poll finds it
