"""The one dispatcher: turns published events into jobs, in batches, and moves scheduled jobs that are due.

Every worker process runs this loop; a lock in the database lets one of them work at a time.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import psycopg
import structlog
from asgiref.sync import sync_to_async
from django.db import close_old_connections

from jishi.kernel import clock
from jishi.kernel.db import atomic, execute, rows, try_lock
from jishi.kernel.errors import ProgrammingError
from jishi.kernel.jobs import queue
from jishi.kernel.outbox.handlers import EVENT_TYPES, HANDLERS
from jishi.kernel.outbox.publishing import CHANNEL, PAUSE_SECONDS
from jishi.kernel.tables import id_floor

log = structlog.get_logger(__name__)

BATCH_MAX = 500
POLL_SECONDS = 0.2
UNKNOWN_KEPT = timedelta(hours=1)


def run_once(*, now: datetime) -> int:
    """Turn one batch of waiting events into jobs, in one transaction; return how many events moved.

    Returns 0 when there are none or another process is at it.
    Raises: ProgrammingError before `subscribe`: marking events that nobody was told of would lose them.
    """
    if not EVENT_TYPES:
        raise ProgrammingError("no subscriptions are set, so events would go to nobody")
    with atomic():
        return _dispatch(now) if try_lock("kernel.outbox.dispatcher") else 0


def _dispatch(now: datetime) -> int:
    # Events that this release does not know are left to a newer one that is being rolled out, for a while.
    waiting = rows(
        "SELECT id, sequence, name, aggregate_id, body::text, trace FROM kernel_outbox WHERE dispatched_at IS NULL "
        "AND (name = ANY(%s) OR id < %s) ORDER BY sequence LIMIT %s",
        [list(EVENT_TYPES), id_floor(now - UNKNOWN_KEPT), BATCH_MAX],
    )
    if not waiting:
        return 0
    queue.add(
        [
            queue.Call(
                name=handler,
                # One at a time and in order, for each handler and aggregate.
                lock=f"{handler}:{aggregate_id}",
                arguments={
                    "event": name,
                    "event_id": str(event_id),
                    "aggregate_id": str(aggregate_id),
                    "sequence": sequence,
                    "body": msgspec.json.decode(body),
                },
                trace=trace,
            )
            for event_id, sequence, name, aggregate_id, body, trace in waiting
            for handler in HANDLERS.get(name, ())
        ]
    )
    execute(
        "UPDATE kernel_outbox SET dispatched_at = %s WHERE id = ANY(%s)",
        [now, [entry[0] for entry in waiting]],
    )
    return len(waiting)


def promote_once(*, now: datetime) -> int:
    """Move scheduled jobs that are due into the queue; return how many."""
    with atomic():
        return queue.promote_due(now=now)


def _turn() -> int:
    """Do one round of both; return how much moved."""
    close_old_connections()
    now = clock.now()
    try:
        return run_once(now=now) + promote_once(now=now)
    finally:
        close_old_connections()


async def run(stop: asyncio.Event, *, conninfo: dict[str, Any]) -> None:
    """Dispatch until `stop` is set: woken by NOTIFY, and every `POLL_SECONDS` in any case.

    Raises: what the database raises; the worker starts it again.
    """
    async with _woken(conninfo) as woken:
        while not stop.is_set():
            moved = await sync_to_async(_turn, thread_sensitive=False)()
            if moved:
                # Under load a short rest lets the next batch grow.
                await asyncio.sleep(0 if moved >= BATCH_MAX else PAUSE_SECONDS)
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), POLL_SECONDS)
            woken.clear()


@contextlib.asynccontextmanager
async def _woken(conninfo: dict[str, Any]) -> AsyncIterator[asyncio.Event]:
    """Give an event that is set by every NOTIFY of a publisher."""
    woken = asyncio.Event()
    connection = await psycopg.AsyncConnection.connect(**conninfo, autocommit=True)
    async with connection:
        await connection.execute(f"LISTEN {CHANNEL}")

        async def listen() -> None:
            async for _ in connection.notifies():
                woken.set()

        task = asyncio.create_task(listen(), name="outbox listener")
        try:
            yield woken
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, psycopg.Error):
                await task
