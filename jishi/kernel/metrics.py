"""What Prometheus may ask: requests, jobs, outbox lag, dead letters, parts that failed open.

With PROMETHEUS_MULTIPROC_DIR set (one folder, emptied at start) the figures of all processes of a node are
added up.
"""

import os
from collections.abc import Iterator

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from jishi.kernel import clock
from jishi.kernel.db import row
from jishi.kernel.tables import milliseconds_of

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter("jishi_requests", "HTTP requests answered", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("jishi_request_seconds", "Time to answer", ["method", "route"], buckets=_SECONDS)
JOBS = Counter("jishi_jobs", "Job runs", ["job", "outcome"])
JOB_SECONDS = Histogram("jishi_job_seconds", "Time of a job run", ["job"], buckets=(*_SECONDS, 30, 60))
DEAD_LETTERS = Counter("jishi_dead_letters", "Jobs that failed for the last time", ["job"])
STALLED_JOBS = Counter("jishi_stalled_jobs", "Jobs taken over from a worker that died")
OUTGOING_CALLS = Counter("jishi_outgoing_calls", "Calls to other systems", ["origin", "outcome"])
FAILED_OPEN = Counter("jishi_failed_open", "Calls answered without Valkey because it was away", ["part"])


def request_answered(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request; `route` is the pattern, never the path with its ids."""
    REQUESTS.labels(method=method, route=route, status=str(status)).inc()
    REQUEST_SECONDS.labels(method=method, route=route).observe(seconds)


def job_finished(job: str, outcome: str, seconds: float) -> None:
    """Count one job run; `outcome` is done, failed (will be retried) or dead."""
    JOBS.labels(job=job, outcome=outcome).inc()
    JOB_SECONDS.labels(job=job).observe(seconds)


def render() -> bytes:
    """Return everything in Prometheus' text format, with the queues as they are in the database now."""
    queues = CollectorRegistry()
    queues.register(_Queues())
    return generate_latest(_processes()) + generate_latest(queues)


def _processes() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


class _Queues(Collector):
    """Asks the database; a `Gauge` would leave each process's last answer in the shared folder."""

    def collect(self) -> Iterator[Metric]:
        found = row(
            "SELECT (SELECT count(*) FROM kernel_outbox WHERE dispatched_at IS NULL), "
            "(SELECT count(*) FROM kernel_scheduled_job), "
            "(SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'), "
            "(SELECT count(*) FROM kernel_dead_letter WHERE closed_at IS NULL)"
        )
        for (name, text), value in zip(_QUEUES.items(), found or (), strict=False):
            yield GaugeMetricFamily(name, text, value=value)
        yield GaugeMetricFamily("jishi_outbox_lag_seconds", "Age of the oldest waiting event", value=_lag())


_QUEUES = {
    "jishi_outbox_waiting": "Events not yet turned into jobs",
    "jishi_jobs_scheduled": "Jobs whose time has not come",
    "jishi_jobs_waiting": "Jobs in the queue",
    "jishi_dead_letters_open": "Dead letters nobody has closed",
}


def _lag() -> float:
    oldest = row("SELECT id FROM kernel_outbox WHERE dispatched_at IS NULL ORDER BY sequence LIMIT 1")
    return max(0.0, clock.now().timestamp() - milliseconds_of(oldest[0]) / 1000) if oldest else 0.0
