"""One run of one job: which, which attempt, and the clock it may read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from jishi.kernel import clock
from jishi.kernel.jobs.registry import JOBS, Retry


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext:
    """One run of one job. `attempt` counts from 1."""

    job_id: int
    name: str
    lock: str | None
    attempt: int
    read_clock: Callable[[], datetime] = clock.now

    def now(self) -> datetime:
        """Read the clock: the one place where a job learns the time."""
        return self.read_clock()

    @property
    def priority(self) -> int:
        """The priority that the job is declared with."""
        return JOBS[self.name].priority if self.name in JOBS else 0

    @property
    def is_last(self) -> bool:
        """Say whether a failure of this run is final."""
        return self.attempt >= retry_of(self.name).attempts


def retry_of(name: str) -> Retry:
    """Return the retry rule of a job; a job of another release, unknown here, gets the default one."""
    known = JOBS.get(name)
    return known.retry if known else Retry()
