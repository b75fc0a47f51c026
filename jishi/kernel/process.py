"""A process of ours introduces itself: to its log lines, to PostgreSQL, to whoever collects traces and figures."""

import os
import threading
import time
from typing import Any, cast

from jishi.kernel import logging, metrics, trace

SAMPLE_SECONDS = 5.0


def introduce(name: str, *, otlp_url: str | None, trace_share: float, has_database: bool = True) -> None:
    """Say once, at the start of a process and behind any fork, that this is the web, worker, … of a market."""
    os.environ["PGAPPNAME"] = f"jishi-{name}"  # libpq tells it to the server: see pg_stat_activity
    logging.introduce(name)
    if otlp_url:
        from jishi.kernel.trace_export import OtlpExporter

        trace.export_to(OtlpExporter(otlp_url, process=name, share=trace_share))
    if has_database:
        threading.Thread(target=_watch_pool, args=[name], name="pool figures", daemon=True).start()


def _watch_pool(process: str) -> None:
    """Copy the figures of this process's connection pool to where /metrics finds them."""
    from django.db import connection

    pool = cast(Any, connection).pool
    seen: dict[str, int] = {}
    while True:
        stats = pool.get_stats()
        metrics.pool_stands(process, stats, seen)
        seen = stats
        time.sleep(SAMPLE_SECONDS)
