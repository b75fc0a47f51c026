"""What Prometheus may ask: requests, jobs, outbox lag, dead letters, parts that failed open.

With PROMETHEUS_MULTIPROC_DIR set (one folder, emptied at start) the figures of all processes of a node are
added up.
"""

import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from jishi.kernel.db import row

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter("jishi_requests", "HTTP requests answered", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("jishi_request_seconds", "Time to answer", ["method", "route"], buckets=_SECONDS)
JOBS = Counter("jishi_jobs", "Job runs", ["job", "outcome"])
JOB_SECONDS = Histogram("jishi_job_seconds", "Time of a job run", ["job"], buckets=(*_SECONDS, 30, 60))
DEAD_LETTERS = Counter("jishi_dead_letters", "Jobs that failed for the last time", ["job"])
STALLED_JOBS = Counter("jishi_stalled_jobs", "Jobs taken over from a worker that died")
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
    return generate_latest(_processes()) + generate_latest(_queues())


def _processes() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _queues() -> CollectorRegistry:
    registry = CollectorRegistry()
    found = row(
        "SELECT (SELECT count(*) FROM kernel_outbox WHERE dispatched_at IS NULL), "
        "(SELECT count(*) FROM kernel_scheduled_job), "
        "(SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'), "
        "(SELECT count(*) FROM kernel_dead_letter WHERE closed_at IS NULL)"
    )
    names = {
        "jishi_outbox_waiting": "Events not yet turned into jobs",
        "jishi_jobs_scheduled": "Jobs whose time has not come",
        "jishi_jobs_waiting": "Jobs in the queue",
        "jishi_dead_letters_open": "Dead letters nobody has closed",
    }
    for (name, text), value in zip(names.items(), found or (), strict=False):
        Gauge(name, text, registry=registry).set(value)
    return registry
