"""Running one job as part of the trace that it follows from: timed, counted, the last failure a dead letter."""

from time import perf_counter
from typing import Any

import structlog

from jishi.kernel import metrics
from jishi.kernel import trace as traces
from jishi.kernel.errors import ProgrammingError
from jishi.kernel.jobs import dead_letters, queue
from jishi.kernel.jobs.context import JobContext
from jishi.kernel.jobs.registry import JOBS, Job

log = structlog.get_logger(__name__)


def run(context: JobContext, arguments: dict[str, Any]) -> None:
    """Run a job once. A failure is raised again for the queue; the last one leaves a dead letter first."""
    own = {name: value for name, value in arguments.items() if name != queue.TRACE}
    span = traces.Span(context.name, traces.JOB, parent=arguments.get(queue.TRACE))
    with (
        span,
        structlog.contextvars.bound_contextvars(
            job=context.name, job_id=context.job_id, attempt=context.attempt
        ),
    ):
        span.attributes["jishi.job.attempt"] = context.attempt
        _run(context, own)


def _run(context: JobContext, arguments: dict[str, Any]) -> None:
    started = perf_counter()
    outcome = "done"
    try:
        _known(context.name).run(arguments, context.now)
    except Exception as error:
        outcome = "dead" if context.is_last else "failed"
        log.warning("job_failed", error=type(error).__name__, is_last=context.is_last, exc_info=error)
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
