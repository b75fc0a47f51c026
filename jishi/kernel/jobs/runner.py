"""Running one job: failures are counted and timed, the last one leaves a dead letter."""

from time import perf_counter
from typing import Any

import structlog

from jishi.kernel import metrics
from jishi.kernel.errors import ProgrammingError
from jishi.kernel.jobs import dead_letters
from jishi.kernel.jobs.context import JobContext
from jishi.kernel.jobs.registry import JOBS, Job


def run(context: JobContext, arguments: dict[str, Any]) -> None:
    """Run a job once. A failure is raised again for the queue; the last one leaves a dead letter first."""
    started = perf_counter()
    outcome = "done"
    with structlog.contextvars.bound_contextvars(
        job=context.name, job_id=context.job_id, attempt=context.attempt
    ):
        try:
            _known(context.name).run(arguments, context.now)
        except Exception as error:
            outcome = "dead" if context.is_last else "failed"
            if context.is_last:
                dead_letters.bury(context, arguments, error)
            raise
        finally:
            metrics.job_finished(context.name, outcome, perf_counter() - started)


def _known(name: str) -> Job[Any, Any]:
    try:
        return JOBS[name]
    except KeyError:
        raise ProgrammingError(f"this release knows no job {name}") from None
