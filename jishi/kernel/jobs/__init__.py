"""Jobs: work to do later, kept in PostgreSQL and enqueued by the transaction that needs it.

A job is a plain keyword-only function with JSON-able, typed arguments, run at least once: write it so that a
second run does no harm. An argument called `now` is filled by the runner, the only place here that reads the
clock.
"""

from jishi.kernel.jobs.context import JobContext
from jishi.kernel.jobs.dead_letters import dismiss_dead_letter, retry_dead_letter
from jishi.kernel.jobs.registry import ONCE, Job, Retry, discover, job, periodic

__all__ = [
    "ONCE",
    "Job",
    "JobContext",
    "Retry",
    "discover",
    "dismiss_dead_letter",
    "job",
    "periodic",
    "retry_dead_letter",
]
