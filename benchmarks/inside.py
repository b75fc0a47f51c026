"""What takes how long inside the server: run in a process of its own, with what the market's processes read.

    python -m benchmarks.inside search|words|suggestions|orders|settlement

Prints one line of JSON. Reads what the market's web processes read (the same index, the same database), without HTTP
or other requests beside it. Searches begin with an empty cache.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

SEARCHES, SEARCHES_OVER_HTTP = 2_000, 20_000
ROUNDS = 3
LISTED_PAGES = 40


def main(work: str) -> None:
    """Measure one piece of work."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jishi.config.settings")
    import django

    django.setup()
    print(json.dumps(_WORK[work]()))


def timed(calls: Sequence[Callable[[], object]]) -> dict[str, float]:
    """Call each once and return what it took in milliseconds: p50, p95, p99, and how many there were."""
    return summed([_milliseconds(call) for call in calls])


def _milliseconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def summed(times: list[float]) -> dict[str, float]:
    """Return what stands for these times: p50, p95, p99, and how many there were."""
    times = sorted(times)
    shares = {f"p{share}": times[min(len(times) - 1, len(times) * share // 100)] for share in (50, 95, 99)}
    return {**shares, "count": len(times)}


def _search() -> dict[str, Any]:
    """Ask the fixed mix of queries once, 24 hits with facets each; broad facets are kept as for everybody."""
    import valkey

    from benchmarks.queries import SHARES, mix
    from jishi.config.environment import environment
    from jishi.discovery.search import queries
    from jishi.discovery.search.types import SearchWish

    def ask(text: str) -> object:
        return queries.search(SearchWish(words=text), language="zh")

    ask("QQ0000")  # the first one opens the index
    valkey.Valkey.from_url(environment().redis_url).flushdb()
    times: dict[str, list[float]] = {name: [] for name in SHARES}
    for kind, word in mix(SEARCHES):
        times[kind].append(_milliseconds(lambda word=word: ask(word)))
    every = [one for of_kind in times.values() for one in of_kind]
    return {**summed(every), "of": {kind: summed(of_kind) for kind, of_kind in times.items()}}


def _words() -> dict[str, Any]:
    from benchmarks.queries import mix

    return {"words": [word for _, word in mix(SEARCHES_OVER_HTTP)]}


def _suggestions() -> dict[str, Any]:
    from benchmarks.queries import typed
    from jishi.discovery.search import queries

    calls = [lambda text=text: queries.suggestions(text) for text in typed()]
    timed(calls[:20])
    return timed(calls * ROUNDS)


def _orders() -> dict[str, Any]:
    """Leaf through the longest list of orders that a merchant has: all of it, and each of its statuses."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jishi.kernel import clock
    from jishi.kernel.db import rows
    from jishi.trade.orders import queries_pages as orders
    from jishi.trade.orders.types import OrderStatus

    ((merchant_id, count),) = rows(
        "SELECT merchant_id, count(*) FROM orders_order GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    )
    now = clock.now()
    cursors: dict[str, str | None] = {}

    def leaf(status: OrderStatus | None) -> None:
        page = orders.orders_of_merchant(
            merchant_id=merchant_id, statuses=[status] if status else [], search="",
            cursor=cursors.get(str(status)), limit=50, language="zh", now=now,
        )  # fmt: skip
        cursors[str(status)] = page.next_cursor

    views: list[OrderStatus | None] = [None, *OrderStatus]
    leaf(None)
    with CaptureQueriesContext(connection) as seen:
        leaf(None)
    counting = sum("count(" in one["sql"].lower() for one in seen.captured_queries)
    found = timed([lambda view=view: leaf(view) for _ in range(LISTED_PAGES) for view in views])
    return {**found, "orders": count, "statements": len(seen.captured_queries), "counting": counting}


def _settlement() -> dict[str, Any]:
    """Issue every statement that waits, as the nightly job does."""
    from jishi.flows import settle
    from jishi.kernel import clock
    from jishi.kernel.db import row

    waiting = row("SELECT count(*) FROM settlement_entry WHERE statement_id IS NULL")
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    issued = settle.run_cycle(clock.now() + timedelta(days=1))
    seconds = time.perf_counter() - begun
    left = row("SELECT count(*) FROM settlement_entry WHERE statement_id IS NULL")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    lines = (waiting[0] if waiting else 0) - (left[0] if left else 0)
    return {"seconds": seconds, "lines": lines, "statements": len(issued), "grown_mb": grown / 1024}


_WORK: dict[str, Callable[[], dict[str, Any]]] = {
    "search": _search,
    "words": _words,
    "suggestions": _suggestions,
    "orders": _orders,
    "settlement": _settlement,
}

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main(sys.argv[1])
