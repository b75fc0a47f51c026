"""The one dispatcher: turns published events into jobs, in batches, and moves scheduled jobs that are due.

Every worker process runs this loop; a lock in the database lets one of them work at a time.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec
import psycopg
import structlog
from asgiref.sync import sync_to_async
from django.db import close_old_connections

from jishi.kernel import clock
from jishi.kernel.db import atomic, execute, rows, try_lock
from jishi.kernel.jobs import queue
from jishi.kernel.outbox.handlers import HANDLERS
from jishi.kernel.outbox.publishing import CHANNEL

log = structlog.get_logger(__name__)

BATCH_MAX = 500
POLL_SECONDS = 0.2
PAUSE_SECONDS = 0.02  # between two batches that were not full: lets a batch grow under load


def run_once() -> int:
    """Turn one batch of waiting events into jobs, in one transaction; return how many events moved.

    Returns 0 when there are none or another process is at it.
    """
    with atomic():
        return _dispatch() if try_lock("kernel.outbox.dispatcher") else 0


def _dispatch() -> int:
    waiting = rows(
        "SELECT id, sequence, name, aggregate_id, body::text FROM kernel_outbox WHERE dispatched_at IS NULL "
        "ORDER BY sequence LIMIT %s",
        [BATCH_MAX],
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
            )
            for event_id, sequence, name, aggregate_id, body in waiting
            for handler in HANDLERS.get(name, ())
        ]
    )
    execute(
        "UPDATE kernel_outbox SET dispatched_at = now() WHERE id = ANY(%s)", [[entry[0] for entry in waiting]]
    )
    return len(waiting)


def promote_once(*, now: datetime) -> int:
    """Move scheduled jobs that are due into the queue; return how many."""
    with atomic():
        return queue.promote_due(now=now)


def _turn() -> int:
    """Do one round of both; return how much moved."""
    close_old_connections()
    try:
        return run_once() + promote_once(now=clock.now())
    finally:
        close_old_connections()


async def run(stop: asyncio.Event, *, conninfo: dict[str, Any]) -> None:
    """Dispatch until `stop` is set: woken by NOTIFY, and every `POLL_SECONDS` in any case.

    Raises: what the database raises; the worker starts it again.
    """
    async with _woken(conninfo) as woken:
        while not stop.is_set():
            moved = await sync_to_async(_turn, thread_sensitive=False)()
            if moved >= BATCH_MAX:
                continue
            if moved:
                await asyncio.sleep(PAUSE_SECONDS)
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
