"""Jobs whose worker died: found by its missing heartbeat and put back into the queue within seconds."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from procrastinate.job_context import JobContext as QueueContext
from procrastinate.worker import Worker

from jishi.kernel import metrics, wake
from jishi.kernel.db import atomic, execute, rows
from jishi.kernel.jobs import dead_letters, queue
from jishi.kernel.jobs.context import JobContext

log = structlog.get_logger(__name__)

DEAD_AFTER_SECONDS = 5.0
LOST_AFTER_SECONDS = 5.0


class WorkerDied(Exception):
    """The error that a dead letter names when a job took its worker down once too often."""


class Running:
    """What this process runs. A job that is ours by the table and does not run lost its end in an outage."""

    def __init__(self) -> None:
        self.worker_id: int | None = None
        self._job_ids: set[int] = set()
        self._missed_since: dict[int, float] = {}

    async def track(
        self, call_next: Callable[[], Awaitable[Any]], context: QueueContext, worker: Worker
    ) -> Any:
        """Remember a job while it runs (procrastinate's worker middleware)."""
        job_id = context.job.id or 0
        self.worker_id = worker.worker_id
        self._job_ids.add(job_id)
        try:
            return await call_next()
        finally:
            self._job_ids.discard(job_id)

    def lost_among(self, job_ids: list[int]) -> list[int]:
        """Return those of the jobs (ours, says the table) that we have not run for `LOST_AFTER_SECONDS`."""
        moment = time.monotonic()
        missing = set(job_ids) - self._job_ids
        self._missed_since = {one: self._missed_since.get(one, moment) for one in missing}
        return [one for one, since in self._missed_since.items() if moment - since > LOST_AFTER_SECONDS]


def sweep(running: Running) -> int:
    """Take jobs away from workers that are dead (or lost track) and queue them again; return how many.

    A job that was on its last attempt becomes a dead letter.
    """
    with atomic():
        lost = running.lost_among(_ours(running.worker_id))
        found = [_Stalled(*entry) for entry in _stalled(lost)]
        for one in found:
            if not one.context.is_last:
                execute("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [one.job_id])
        if found:
            wake.after_commit(queue.WORKERS, queue.WAKE_WORKERS)
    for one in found:
        if one.context.is_last:
            dead_letters.bury(one.context, msgspec.json.decode(one.arguments), WorkerDied())
            execute("DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'doing'", [one.job_id])
    if found:
        metrics.STALLED_JOBS.inc(len(found))
        log.warning("stalled_jobs_taken_over", jobs=len(found))
    return len(found)


@dataclass(frozen=True, slots=True)
class _Stalled:
    job_id: int
    name: str
    lock: str | None
    arguments: str
    attempts: int

    @property
    def context(self) -> JobContext:
        return JobContext(job_id=self.job_id, name=self.name, lock=self.lock, attempt=self.attempts + 1)


def _stalled(lost: list[int]) -> list[tuple[Any, ...]]:
    return rows(
        "SELECT job.id, job.task_name, job.lock, job.args::text, job.attempts FROM procrastinate_jobs job "
        "LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id WHERE job.status = 'doing' "
        "AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s) "
        "OR job.id = ANY(%s)) ORDER BY job.id FOR UPDATE OF job SKIP LOCKED",
        [DEAD_AFTER_SECONDS, lost],
    )


def _ours(worker_id: int | None) -> list[int]:
    found = rows("SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = %s", [worker_id])
    return [job_id for (job_id,) in found]
