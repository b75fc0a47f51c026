"""Writing events into the outbox, and waking the dispatcher once they are committed."""

import msgspec

from jishi.kernel import trace, wake
from jishi.kernel.db import execute, require_transaction
from jishi.kernel.events import Event
from jishi.kernel.ids import new_id
from jishi.kernel.quiet import is_quiet

CHANNEL = "kernel_outbox"
# The dispatcher looks again this long after a batch, so a burst of commits needs one wake-up only.
PAUSE_SECONDS = 0.02


def publish(*events: Event) -> None:
    """Keep the events in the current transaction, in this order, with one statement.

    Publish after taking the lock of the aggregate: then the order of its events is the order of its changes.
    Raises: ProgrammingError outside a transaction.
    """
    require_transaction("publishing an event")
    if not events or is_quiet():
        return
    told = [
        {"id": new_id(), "name": event.name, "aggregate_id": event.aggregate_id, "body": event}
        for event in events
    ]
    execute(
        "INSERT INTO kernel_outbox (id, name, aggregate_id, body, trace) "
        "SELECT (event ->> 'id')::uuid, event ->> 'name', (event ->> 'aggregate_id')::uuid, event -> 'body', "
        "%s::text FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS told (event, position) "
        "ORDER BY position",
        [trace.carried(), msgspec.json.encode(told).decode()],
    )
    wake.after_commit(CHANNEL, seconds_min=PAUSE_SECONDS)
