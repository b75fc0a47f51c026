"""Jobs that failed for the last time: kept with their error until a person retries or dismisses them."""

import traceback
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import structlog

from jishi.kernel import metrics
from jishi.kernel.db import atomic, execute, row
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import new_id
from jishi.kernel.jobs import queue
from jishi.kernel.jobs.context import JobContext
from jishi.kernel.logging import without_personal_data

log = structlog.get_logger(__name__)

ERROR_LENGTH_MAX = 8_000


def bury(context: JobContext, arguments: dict[str, Any], error: BaseException) -> None:
    """Keep a job that will not be retried, in a transaction of its own. Safe to repeat for the same job."""
    log.error("job_died", job=context.name, job_id=context.job_id, attempts=context.attempt)
    with atomic():
        execute(
            "INSERT INTO kernel_dead_letter (id, job_id, name, lock, arguments, priority, attempts, error, "
            "died_at, outcome) VALUES (%s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, 'waiting') "
            "ON CONFLICT (job_id) DO NOTHING",
            [
                new_id(),
                context.job_id,
                context.name,
                context.lock,
                msgspec.json.encode(
                    {name: value for name, value in arguments.items() if name != queue.TRACE}
                ).decode(),
                context.priority,
                context.attempt,
                _text_of(error),
                context.now(),
            ],
        )
    metrics.DEAD_LETTERS.labels(job=context.name).inc()


def retry_dead_letter(letter_id: UUID, *, now: datetime) -> None:
    """Put a dead job back into the queue with a fresh count of attempts.

    Raises: NotFound when there is none that waits.
    """
    with atomic():
        found = row(
            "UPDATE kernel_dead_letter SET outcome = 'retried', closed_at = %s "
            "WHERE id = %s AND closed_at IS NULL RETURNING name, lock, arguments::text, priority",
            [now, letter_id],
        )
        if found is None:
            raise NotFound
        name, lock, arguments, priority = found
        queue.add(
            [queue.Call(name=name, lock=lock, arguments=msgspec.json.decode(arguments), priority=priority)]
        )


def dismiss_dead_letter(letter_id: UUID, *, now: datetime) -> None:
    """Close a dead letter without running it again. Raises: NotFound when there is none that waits."""
    closed = execute(
        "UPDATE kernel_dead_letter SET outcome = 'dismissed', closed_at = %s "
        "WHERE id = %s AND closed_at IS NULL",
        [now, letter_id],
    )
    if not closed:
        raise NotFound


def _text_of(error: BaseException) -> str:
    text = "".join(traceback.format_exception(error))
    return without_personal_data(text)[-ERROR_LENGTH_MAX:]  # cut before, a word that hides may be lost
