"""Putting calls into the queue, in the current transaction.

What is due now goes to procrastinate. What is due later waits in `kernel_scheduled_job` and moves when its
time comes: the queue's own search for work walks over every waiting job, and each insert notifies, which
makes commits queue up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from procrastinate import jobs as procrastinate_jobs
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager

from jishi.kernel import trace, wake
from jishi.kernel.db import execute, rows
from jishi.kernel.ids import new_id
from jishi.kernel.quiet import is_quiet

QUEUE = "default"
PROMOTE_MAX = 500
# What procrastinate's workers listen to; its own trigger is off, see the first migration.
WORKERS = "procrastinate_any_queue_v1"
# Beside a job's own arguments: the trace that it goes on with.
TRACE = "_trace"
WAKE_WORKERS = '{"type": "job_inserted", "job_id": 0}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A job with its arguments as JSON builtins; `trace` where it follows from something else than this work."""

    name: str
    lock: str | None
    arguments: dict[str, Any]
    priority: int = 0
    trace: str | None = None

    @property
    def kept(self) -> dict[str, Any]:
        """The arguments as they are kept, with the trace."""
        known = self.arguments.get(TRACE) or self.trace or trace.carried()
        return {**self.arguments, TRACE: known} if known else self.arguments


def add(calls: Sequence[Call], *, at: datetime | None = None) -> None:
    """Keep the calls for the workers, now or not before `at`, in the current transaction."""
    if not calls or is_quiet():
        return
    if at is None:
        _enqueue(calls)
    else:
        _schedule(calls, at)


def promote_due(*, now: datetime) -> int:
    """Move scheduled calls whose time has come into the queue; return how many. Inside a transaction."""
    due = rows(
        "WITH due AS (SELECT id FROM kernel_scheduled_job WHERE due_at <= %s ORDER BY due_at, id LIMIT %s "
        "FOR UPDATE SKIP LOCKED) DELETE FROM kernel_scheduled_job s USING due WHERE s.id = due.id "
        "RETURNING s.name, s.lock, s.arguments::text, s.priority, s.due_at, s.id",
        [now, PROMOTE_MAX],
    )
    due.sort(key=lambda entry: (entry[4], entry[5]))
    add(
        [
            Call(name=name, lock=lock, arguments=msgspec.json.decode(arguments), priority=priority)
            for name, lock, arguments, priority, *_ in due
        ]
    )
    return len(due)


def _enqueue(calls: Sequence[Call]) -> None:
    # A manager of our own on Django's connection: the app that a worker runs has another connector.
    JobManager(DjangoConnector()).batch_defer_jobs(
        [
            procrastinate_jobs.Job(
                queue=QUEUE,
                task_name=call.name,
                lock=call.lock,
                queueing_lock=None,
                task_kwargs=call.kept,
                priority=call.priority,
            )
            for call in calls
        ]
    )
    wake.after_commit(WORKERS, WAKE_WORKERS)


def _schedule(calls: Sequence[Call], at: datetime) -> None:
    waiting = [
        {
            "id": new_id(),
            "name": call.name,
            "lock": call.lock,
            "arguments": call.kept,
            "priority": call.priority,
        }
        for call in calls
    ]
    execute(
        "INSERT INTO kernel_scheduled_job (id, due_at, name, lock, arguments, priority) "
        "SELECT id, %s, name, lock, arguments, priority FROM jsonb_to_recordset(%s::jsonb) "
        "AS call (id uuid, name text, lock text, arguments jsonb, priority int)",
        [at, msgspec.json.encode(waiting).decode()],
    )
