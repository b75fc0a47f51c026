"""Doing all waiting work here and now, in this thread: for tests and `seed`, never beside a worker."""

from datetime import datetime

import msgspec

from jishi.kernel import clock
from jishi.kernel.db import execute, row
from jishi.kernel.jobs import JobContext, discover, runner
from jishi.kernel.outbox import dispatcher
from jishi.kernel.outbox.handlers import EVENT_TYPES

JOBS_MAX = 100_000


def drain(*, now: datetime | None = None) -> int:
    """Dispatch events and run jobs until nothing is left; return how many jobs ran.

    With `now`, jobs scheduled up to that instant run too and are told that instant as the time.
    Raises: what the first failing job raises; that job is gone from the queue.
    """
    discover()
    ran = 0
    while ran < JOBS_MAX:
        while _run_next(now):
            ran += 1
        moved = dispatcher.promote_once(now=now or clock.now())
        if EVENT_TYPES:
            moved += dispatcher.run_once(now=clock.now())
        if not moved:
            return ran
    raise RuntimeError(f"still busy after {JOBS_MAX} jobs: do two handlers feed each other?")


def _run_next(now: datetime | None) -> bool:
    found = row(
        "SELECT id, task_name, lock, args::text, attempts FROM procrastinate_fetch_job_v2(NULL, NULL)"
    )
    if found is None or found[0] is None:
        return False
    job_id, name, lock, arguments, attempts = found
    context = JobContext(
        job_id=job_id,
        name=name,
        lock=lock,
        attempt=attempts + 1,
        read_clock=(lambda: now) if now else clock.now,
    )
    try:
        runner.run(context, msgspec.json.decode(arguments))
    finally:
        execute("SELECT procrastinate_finish_job_v1(%s, 'succeeded', true)", [job_id])
    return True
