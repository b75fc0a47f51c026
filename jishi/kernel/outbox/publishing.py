"""Writing events into the outbox, and waking the dispatcher once they are committed."""

import time

import msgspec
from django.db import DatabaseError, connection, transaction

from jishi.kernel.db import execute, require_transaction
from jishi.kernel.events import Event
from jishi.kernel.ids import new_id

CHANNEL = "kernel_outbox"
WAKE_SECONDS_MIN = 0.05


def publish(*events: Event) -> None:
    """Keep the events in the current transaction, in this order, with one statement.

    Publish after taking the lock of the aggregate: then the order of its events is the order of its changes.
    Raises: ProgrammingError outside a transaction.
    """
    require_transaction("publishing an event")
    if not events:
        return
    execute(
        "INSERT INTO kernel_outbox (id, name, aggregate_id, body) SELECT id, name, aggregate_id, body "
        "FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::jsonb[]) WITH ORDINALITY "
        "AS event (id, name, aggregate_id, body, position) ORDER BY position",
        [
            [new_id() for _ in events],
            [event.name for event in events],
            [event.aggregate_id for event in events],
            [msgspec.json.encode(event).decode() for event in events],
        ],
    )
    transaction.on_commit(_wake)


_woken_at = 0.0


def _wake() -> None:
    """Tell the dispatcher, after the commit and not too often.

    A NOTIFY inside the transaction would make all commits wait for each other (it holds one lock of the whole
    database through the flush to disk). A lost or skipped wake-up costs one poll of the dispatcher.
    """
    global _woken_at  # noqa: PLW0603 - one throttle per process
    moment = time.monotonic()
    if moment - _woken_at < WAKE_SECONDS_MIN:
        return
    _woken_at = moment
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")
    except DatabaseError:
        _woken_at = 0.0  # the event is safe; the dispatcher's poll finds it
