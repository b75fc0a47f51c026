"""What our processes count for Prometheus: requests, jobs, gateways, conflicts, parts that failed open.

With PROMETHEUS_MULTIPROC_DIR set (one folder, emptied at start) the figures of all processes of a node are
added up, whichever of them is asked. Labels are routes, names and outcomes: few, and never personal.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter("jishi_requests", "HTTP requests answered", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("jishi_request_seconds", "Time to answer", ["method", "route"], buckets=_SECONDS)
STREAMS = Gauge("jishi_live_streams", "Open live streams", multiprocess_mode="livesum")
JOBS = Counter("jishi_jobs", "Job runs", ["job", "outcome"])
JOB_SECONDS = Histogram("jishi_job_seconds", "Time of a job run", ["job"], buckets=(*_SECONDS, 30, 60))
DEAD_LETTERS = Counter("jishi_dead_letters", "Jobs that failed for the last time", ["job"])
STALLED_JOBS = Counter("jishi_stalled_jobs", "Jobs taken over from a worker that died")
OUTGOING_CALLS = Counter("jishi_outgoing_calls", "Calls to other systems", ["origin", "outcome"])
FAILED_OPEN = Counter("jishi_failed_open", "Calls answered without Valkey because it was away", ["part"])
OUTGOING_SECONDS = Histogram(
    "jishi_outgoing_seconds",
    "Time of a call to another system, by the first digit of its answer",
    ["origin", "status"],
    buckets=(*_SECONDS, 30, 60),
)
SLOW_STATEMENTS = Counter("jishi_slow_statements", "SQL statements slower than the limit", ["process"])
STOCK_CONFLICTS = Counter("jishi_stock_conflicts", "Reservations refused for want of stock")
PAYMENT_OUTCOMES = Counter(
    "jishi_payment_outcomes", "What became of ways to pay and of money that came", ["channel", "outcome"]
)
REFUND_OUTCOMES = Counter("jishi_refund_outcomes", "What became of tries to refund", ["channel", "outcome"])
CALLBACKS = Counter("jishi_callbacks", "Words from payment channels", ["channel", "outcome"])
POOL_CONNECTIONS = Gauge(
    "jishi_pool_connections", "Database connections held", ["process", "state"], multiprocess_mode="livesum"
)
POOL_WAITING = Gauge(
    "jishi_pool_waiting", "Threads that wait for a connection", ["process"], multiprocess_mode="livesum"
)
POOL_WAIT_SECONDS = Counter("jishi_pool_wait_seconds", "Time waited for a connection", ["process"])
POOL_FAILURES = Counter("jishi_pool_failures", "Connections not got in time", ["process"])
ALL = [one for one in globals().values() if isinstance(one, Counter | Gauge | Histogram)]

_answered: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}


def request_answered(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request; `route` is the pattern, never the path with its ids."""
    known = _answered.get((method, route, status))
    if known is None:
        known = _answered[method, route, status] = (
            REQUESTS.labels(method=method, route=route, status=str(status)),
            REQUEST_SECONDS.labels(method=method, route=route),
        )
    known[0].inc()
    known[1].observe(seconds)


def job_finished(job: str, outcome: str, seconds: float) -> None:
    """Count one job run; `outcome` is done, failed (will be retried) or dead."""
    JOBS.labels(job=job, outcome=outcome).inc()
    JOB_SECONDS.labels(job=job).observe(seconds)


def payment(channel: str, outcome: str) -> None:
    """Count what became of a way to pay, or of money that came."""
    PAYMENT_OUTCOMES.labels(channel=channel, outcome=outcome).inc()


def called(origin: str, status: str, seconds: float) -> None:
    """Count one call to another system; `status` is 2xx, 4xx …, or none when it did not answer."""
    OUTGOING_SECONDS.labels(origin=origin, status=status).observe(seconds)


def pool_stands(process: str, stats: Mapping[str, int], before: Mapping[str, int]) -> None:
    """Note the figures of this process's connection pool (psycopg's `get_stats`), given those of before."""
    idle = stats.get("pool_available", 0)
    POOL_CONNECTIONS.labels(process=process, state="idle").set(idle)
    POOL_CONNECTIONS.labels(process=process, state="busy").set(stats.get("pool_size", 0) - idle)
    POOL_WAITING.labels(process=process).set(stats.get("requests_waiting", 0))
    waited_ms = stats.get("requests_wait_ms", 0) - before.get("requests_wait_ms", 0)
    failed = stats.get("requests_errors", 0) - before.get("requests_errors", 0)
    POOL_WAIT_SECONDS.labels(process=process).inc(max(waited_ms, 0) / 1000)
    POOL_FAILURES.labels(process=process).inc(max(failed, 0))


def counted() -> CollectorRegistry:
    """Return the figures of all processes of this node, or of this one where they share no folder."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder is None:
        return REGISTRY
    _forget_the_dead(Path(folder))
    registry = CollectorRegistry()
    registry.register(_Everything())
    return registry


class _Everything(Collector):
    """What the shared folder holds, and the names of what nobody has counted yet: a panel is never 'unknown'."""

    def collect(self) -> Iterator[Metric]:
        found = {one.name: one for one in MultiProcessCollector(None).collect()}  # type: ignore[no-untyped-call]
        for declared in ALL:
            for empty in declared.describe():
                if empty.name not in found:
                    yield empty
        yield from found.values()


def _forget_the_dead(folder: Path) -> None:
    """Drop what stands (not what was counted) in processes that are gone: they hold nothing any more."""
    pids: set[Any] = {path.stem.rpartition("_")[2] for path in folder.glob("gauge_live*.db")}
    for pid in pids:
        if not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists():
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
