"""The worker process: procrastinate's worker, the outbox dispatcher, the sweep of stalled jobs.

Each part is started again when it fails, for example because PostgreSQL was restarted.
"""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import procrastinate
import structlog
from asgiref.sync import sync_to_async
from django.db import close_old_connections
from procrastinate.contrib.django.db_cleanup import close_db_connections
from procrastinate.contrib.django.utils import connector_params
from procrastinate.job_context import JobContext as QueueContext
from procrastinate.jobs import Job as QueuedJob
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from jishi.kernel import clock
from jishi.kernel.jobs import JobContext, runner, stalled
from jishi.kernel.jobs.context import retry_of
from jishi.kernel.jobs.registry import JOBS, Job, discover
from jishi.kernel.outbox import dispatcher

log = structlog.get_logger(__name__)

CONCURRENCY = 4
POLL_SECONDS = 1.0
HEARTBEAT_SECONDS = 1.0
SWEEP_SECONDS = 1.0
RESTART_SECONDS_MAX = 5.0
GRACE_SECONDS = 20.0


class Backoff(BaseRetryStrategy):
    """Asks a job's own `Retry` when procrastinate wants to know what to do about a failure."""

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:  # noqa: ARG002
        retry = retry_of(job.task_name)
        failures = job.attempts + 1
        if failures >= retry.attempts:
            return None
        return RetryDecision(retry_at=clock.now() + retry.delay(failures))


def run(*, concurrency: int = CONCURRENCY) -> None:
    """Work until SIGTERM or SIGINT, then finish what is running."""
    discover()
    asyncio.run(_main(concurrency))


async def _main(concurrency: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(concurrency + 2, thread_name_prefix="job"))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    running = stalled.Running()
    params = connector_params()
    async with asyncio.TaskGroup() as group:
        group.create_task(_keep("jobs", stop, lambda: _work(stop, running, params, concurrency)))
        group.create_task(_keep("dispatcher", stop, lambda: dispatcher.run(stop, conninfo=params)))
        group.create_task(_keep("sweep", stop, lambda: _sweep(stop, running)))


async def _keep(part: str, stop: asyncio.Event, start: Callable[[], Awaitable[None]]) -> None:
    """Run one part again and again until `stop`, resting longer after each failure in a row."""
    rest_seconds = 0.1
    while not stop.is_set():
        started = asyncio.get_running_loop().time()
        try:
            await start()
        except Exception as error:
            log.error("worker_part_failed", part=part, error=type(error).__name__, exc_info=error)
        if asyncio.get_running_loop().time() - started > 2 * RESTART_SECONDS_MAX:
            rest_seconds = 0.1
        await _wait(stop, rest_seconds)
        rest_seconds = min(rest_seconds * 2, RESTART_SECONDS_MAX)


async def _work(
    stop: asyncio.Event, running: stalled.Running, params: dict[str, Any], concurrency: int
) -> None:
    """Run procrastinate's worker until `stop`; it ends by itself when it loses the database."""
    connector = procrastinate.PsycopgConnector(kwargs=params, min_size=1, max_size=4)
    app = procrastinate.App(connector=connector)
    for one in JOBS.values():
        _register(app, one)
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=concurrency,
                fetch_job_polling_interval=POLL_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=60.0,
                shutdown_graceful_timeout=GRACE_SECONDS,
                delete_jobs="always",
                install_signal_handlers=False,
                task_middleware=[close_db_connections],
                worker_middleware=[running.track],
            )
        )
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({worker, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        worker.cancel()  # a graceful stop: running jobs are finished first
        with contextlib.suppress(asyncio.CancelledError):
            await worker


def _register(app: procrastinate.App, one: Job[Any, Any]) -> None:
    def execute(context: QueueContext, /, timestamp: int | None = None, **arguments: Any) -> None:  # noqa: ARG001
        queued = context.job
        runner.run(
            JobContext(
                job_id=queued.id or 0, name=queued.task_name, lock=queued.lock, attempt=queued.attempts + 1
            ),
            arguments,
        )

    task = app.task(name=one.name, pass_context=True, retry=Backoff(), priority=one.priority)(execute)
    if one.cron:
        app.periodic(cron=one.cron, lock=one.call_with({}).lock)(task)


async def _sweep(stop: asyncio.Event, running: stalled.Running) -> None:
    while not stop.is_set():
        await sync_to_async(_sweep_once, thread_sensitive=False)(running)
        await _wait(stop, SWEEP_SECONDS)


def _sweep_once(running: stalled.Running) -> None:
    close_old_connections()
    try:
        stalled.sweep(running)
    finally:
        close_old_connections()


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
