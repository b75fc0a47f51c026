"""How the queues stand, as figures for Prometheus: asked of the database at that moment, true over all nodes."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from jishi.kernel.db import row, rows
from jishi.kernel.jobs.stalled import DEAD_AFTER_SECONDS
from jishi.kernel.tables import milliseconds_of

_COUNTS = """
SELECT (SELECT count(*) FROM kernel_outbox WHERE dispatched_at IS NULL),
    (SELECT count(*) FROM kernel_scheduled_job),
    (SELECT coalesce(extract(epoch FROM %(now)s - min(due_at)), 0) FROM kernel_scheduled_job),
    (SELECT count(*) FROM kernel_dead_letter WHERE closed_at IS NULL),
    (SELECT count(*) FROM procrastinate_workers
        WHERE last_heartbeat > now() - make_interval(secs => %(dead_after)s)),
    (SELECT setting::int FROM pg_settings WHERE name = 'max_connections')
"""
_NAMES = {
    "jishi_outbox_waiting": "Events not yet turned into jobs",
    "jishi_jobs_scheduled": "Jobs whose time has not come",
    "jishi_jobs_overdue_seconds": "How long ago the oldest scheduled job should have been queued",
    "jishi_dead_letters_open": "Dead letters nobody has closed",
    "jishi_workers": "Job workers with a fresh heartbeat",
    "jishi_database_connections_max": "Connections that PostgreSQL allows",
}
# A job that rests before it is tried again is not late.
_QUEUES = """
SELECT queue_name, status::text, count(*),
    coalesce(max(extract(epoch FROM now() - greatest(enqueued_at, scheduled_at)))
        FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, enqueued_at) <= now()), 0)
FROM procrastinate_jobs WHERE status IN ('todo', 'doing') GROUP BY 1, 2
"""
_CONNECTIONS = """
SELECT coalesce(nullif(application_name, ''), 'other'), coalesce(state, 'other'), count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() GROUP BY 1, 2
"""
# The archive of the log, and replicas: those for whom the server keeps its log.
_LOG_READERS = """
SELECT slot_name, active, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)
FROM pg_replication_slots WHERE NOT temporary
"""
QUEUE = "default"


def figures(*, now: datetime) -> Iterator[Metric]:
    """Return depth and age of outbox and queues, the workers alive, who holds connections, who reads the log."""
    yield from _counts(now)
    yield _outbox_lag(now)
    yield from _queues()
    held = GaugeMetricFamily(
        "jishi_database_connections", "Connections to PostgreSQL", labels=["process", "state"]
    )
    for process, state, count in rows(_CONNECTIONS):
        held.add_metric([process if process.startswith("jishi-") else "other", state], count)
    yield held
    yield from _log_readers()


def has_worker() -> bool:
    """Say whether any job worker is alive, on whatever machine."""
    found = row(
        "SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s) LIMIT 1",
        [DEAD_AFTER_SECONDS],
    )
    return found is not None


def _counts(now: datetime) -> Iterator[Metric]:
    found = row(_COUNTS, {"now": now, "dead_after": DEAD_AFTER_SECONDS}) or ()
    for (name, text), value in zip(_NAMES.items(), found, strict=True):
        yield GaugeMetricFamily(name, text, value=max(0.0, float(value)))


def _outbox_lag(now: datetime) -> Metric:
    oldest = row("SELECT id FROM kernel_outbox WHERE dispatched_at IS NULL ORDER BY sequence LIMIT 1")
    seconds = now.timestamp() - milliseconds_of(oldest[0]) / 1000 if oldest else 0.0
    return GaugeMetricFamily(
        "jishi_outbox_lag_seconds", "Age of the oldest waiting event", value=max(0.0, seconds)
    )


def _queues() -> Iterator[Metric]:
    depth = GaugeMetricFamily("jishi_queue_jobs", "Jobs in the queue", labels=["queue", "status"])
    age = GaugeMetricFamily(
        "jishi_queue_oldest_seconds", "Age of the oldest job that is due", labels=["queue"]
    )
    found = {(queue, status): (count, float(oldest)) for queue, status, count, oldest in rows(_QUEUES)}
    for queue in sorted({QUEUE, *(queue for queue, _ in found)}):
        for status in ("todo", "doing"):
            depth.add_metric([queue, status], found.get((queue, status), (0, 0.0))[0])
        age.add_metric([queue], max(0.0, found.get((queue, "todo"), (0, 0.0))[1]))
    yield depth
    yield age


def _log_readers() -> Iterator[Metric]:
    up = GaugeMetricFamily(
        "jishi_log_reader_up", "Whether it reads PostgreSQL's log at this moment", labels=["reader"]
    )
    behind = GaugeMetricFamily(
        "jishi_log_reader_behind_bytes", "Log kept for it that it has not read", labels=["reader"]
    )
    for reader, is_active, size in rows(_LOG_READERS):
        up.add_metric([reader], float(is_active))
        behind.add_metric([reader], max(0.0, float(size)))
    yield up
    yield behind
