"""The answer to /metrics: what our processes counted, and how the house stands at this moment.

What stands is asked of PostgreSQL and Valkey when somebody asks, in a few milliseconds; when they are away, the
rest is answered all the same.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, cast

import structlog
import valkey
from django.db import Error as DatabaseError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from jishi.discovery.search import queries as search
from jishi.entry.http import readiness
from jishi.kernel import cache, metrics, waiting
from jishi.kernel.db import row
from jishi.money.ledger import queries_standing as ledger
from jishi.money.payments import queries as payments

log = structlog.get_logger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_VALKEY = {
    "connected_clients": ("jishi_valkey_clients", "Connections to Valkey"),
    "used_memory": ("jishi_valkey_memory_bytes", "Memory that Valkey uses"),
    "evicted_keys": ("jishi_valkey_evicted_keys", "Keys dropped for want of memory since Valkey started"),
}


def render(*, now: datetime) -> bytes:
    """Return all figures in Prometheus' text format."""
    standing = CollectorRegistry(auto_describe=False)
    standing.register(_Now(lambda: _standing(now)))
    return generate_latest(metrics.counted()) + generate_latest(standing)


class _Now(Collector):
    """Asks at the moment of the scrape; a `Gauge` would leave each process's last answer in the shared folder."""

    def __init__(self, ask: Callable[[], Iterable[Metric]]) -> None:
        self._ask = ask

    def collect(self) -> Iterable[Metric]:
        return self._ask()


def _standing(now: datetime) -> Iterator[Metric]:
    is_up = _unless(DatabaseError, _ping) is not None
    yield _gauge("jishi_database_up", "Whether PostgreSQL answers", float(is_up))
    asks = (partial(waiting.figures, now=now), partial(_ledger, now=now), _payments, partial(_index, now=now))
    for ask in asks if is_up else ():
        yield from _unless(DatabaseError, ask) or ()
    server = _unless(valkey.ValkeyError, _valkey)
    yield _gauge("jishi_valkey_up", "Whether Valkey answers", float(server is not None))
    yield from server or ()
    free = GaugeMetricFamily("jishi_disk_free_bytes", "What may still be written", labels=["folder"])
    for name, folder in readiness.folders().items():
        free.add_metric([name], readiness.free_bytes(folder))
    yield free


def _ping() -> list[Metric]:
    row("SELECT 1")
    return []


def _ledger(*, now: datetime) -> Iterator[Metric]:
    imbalance = ledger.imbalance_minor(now=now)
    yield _gauge("jishi_ledger_imbalance_minor", "What debits and credits differ by; must be 0", imbalance)


def _payments() -> Iterator[Metric]:
    breaks = payments.open_breaks()
    yield _gauge("jishi_reconciliation_breaks_open", "Differences between bills and books to look at", breaks)


def _index(*, now: datetime) -> Iterator[Metric]:
    index = search.index_standing(now=now)
    yield _gauge(
        "jishi_search_index_waiting", "Changes that this node's index has not taken in", index.waiting
    )
    yield _gauge(
        "jishi_search_index_lag_seconds", "Age of the oldest change it has not taken in", index.lag_seconds
    )


def _valkey() -> list[Metric]:
    info = cast(dict[str, Any], cache.client().info())
    return [_gauge(name, text, float(info.get(key, 0))) for key, (name, text) in _VALKEY.items()]


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _unless(error: type[Exception], ask: Callable[[], Iterable[Metric]]) -> list[Metric] | None:
    try:
        return list(ask())
    except error as problem:
        log.warning("figures_missing", error=type(problem).__name__)
        return None
